/* pk_test.h - cmocka, with the headers it wants in front of it. */
#ifndef PK_TESTS_PK_TEST_H
#define PK_TESTS_PK_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
