#include "youden/train/trainer.hpp"
