// no guard
