#define BOOST_TEST_MODULE youden
#include <boost/test/unit_test.hpp>
