/* pk_test.h - cmocka, with the headers it wants in front of it. */
#ifndef PK_TESTS_PK_TEST_H
#define PK_TESTS_PK_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* How many cases a property takes: a hundred times as many in a long run (PK_LONG). */
static inline int pk_cases(int cases)
{
    return getenv("PK_LONG") != NULL ? 100 * cases : cases;
}

#endif
