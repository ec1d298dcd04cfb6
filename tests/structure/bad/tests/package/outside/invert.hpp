int current;
