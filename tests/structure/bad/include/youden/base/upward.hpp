#pragma once
#include "youden/store/database.hpp"
