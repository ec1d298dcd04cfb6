#include <cstdio>

#include "youden/store/database.hpp"

int main(int, char** argv) {
  auto db = youden::store::Database::open(argv[1]);
  std::printf("runs %d\n", db.sqlite().execAndGet("SELECT count(*) FROM run").getInt());
}
