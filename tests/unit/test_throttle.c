/* How often somebody may try. */
#include "pk_test.h"

#include <stdio.h>

#include "server/throttle.h"

static const struct pk_throttle_rule rule = {5, 1000};

static void a_key_has_so_many_tries_and_gets_more_with_time(void **state)
{
    (void)state;
    struct pk_throttle *t = pk_throttle_create();
    int64_t now = 1000000;
    for (int i = 0; i < 5; i++)
        assert_int_equal(pk_throttle_take(t, "name", "anna", rule, now), 0);
    assert_int_equal(pk_throttle_take(t, "name", "anna", rule, now), 1000);
    assert_int_equal(pk_throttle_take(t, "name", "anna", rule, now + 400), 600);
    assert_int_equal(pk_throttle_take(t, "name", "bo", rule, now), 0);
    assert_int_equal(pk_throttle_take(t, "address", "anna", rule, now), 0);
    assert_int_equal(pk_throttle_take(t, "name", "anna", rule, now + 1000), 0);
    assert_int_equal(pk_throttle_take(t, "name", "anna", rule, now + 1000), 1000);
    pk_throttle_return(t, "name", "anna", rule);
    assert_int_equal(pk_throttle_take(t, "name", "anna", rule, now + 1000), 0);
    pk_throttle_forgive(t, "name", "anna");
    for (int i = 0; i < 5; i++)
        assert_int_equal(pk_throttle_take(t, "name", "anna", rule, now + 1000), 0);
    pk_throttle_destroy(t);
}

static void a_flood_of_names_does_not_free_the_one_who_failed(void **state)
{
    (void)state;
    struct pk_throttle *t = pk_throttle_create();
    int64_t now = 1000000;
    for (int i = 0; i < 5; i++)
        assert_int_equal(pk_throttle_take(t, "name", "anna", rule, now), 0);
    for (int i = 0; i < 4 * PK_THROTTLE_PLACES; i++) {
        char name[16];
        snprintf(name, sizeof(name), "x%d", i);
        assert_int_equal(pk_throttle_take(t, "name", name, rule, now), 0);
    }
    assert_true(pk_throttle_take(t, "name", "anna", rule, now) > 0);
    pk_throttle_destroy(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_has_so_many_tries_and_gets_more_with_time),
        cmocka_unit_test(a_flood_of_names_does_not_free_the_one_who_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
