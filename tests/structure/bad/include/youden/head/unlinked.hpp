#pragma once
#include "youden/backbone/backbone.hpp"
