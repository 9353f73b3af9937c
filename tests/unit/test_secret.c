/* Random secrets, base64url, passwords. */
#include "pk_test.h"

#include <string.h>
#include <time.h>

#include "base/secret.h"

static void base64url_is_the_standards(void **state)
{
    (void)state;
    /* RFC 4648, 10, without padding, and RFC 7515, C */
    static const struct {
        const char *plain, *text;
    } rows[] = {
        {"",                 ""        },
        {"f",                "Zg"      },
        {"fo",               "Zm8"     },
        {"foo",              "Zm9v"    },
        {"foob",             "Zm9vYg"  },
        {"fooba",            "Zm9vYmE" },
        {"foobar",           "Zm9vYmFy"},
        {"\xff\xef\xbe\xff", "_---_w"  },
    };
    for (size_t i = 0; i < PK_COUNT(rows); i++) {
        char text[32];
        uint8_t back[32];
        size_t len;
        pk_base64url(text, rows[i].plain, strlen(rows[i].plain));
        assert_string_equal(text, rows[i].text);
        assert_true(pk_base64url_read(back, &len, text, strlen(text)));
        assert_int_equal(len, strlen(rows[i].plain));
        assert_memory_equal(back, rows[i].plain, len);
    }
}

static void base64url_is_read_strictly(void **state)
{
    (void)state;
    static const char *const bad[] = {"Z", "Zg==", "Zm8=", "Zh", "Z g", "Zm+v", "Zm/v"};
    for (size_t i = 0; i < PK_COUNT(bad); i++) {
        uint8_t out[16];
        size_t len;
        assert_false(pk_base64url_read(out, &len, bad[i], strlen(bad[i])));
    }
}

static void secrets_differ_and_are_compared_whole(void **state)
{
    (void)state;
    char a[PK_SECRET_TEXT], b[PK_SECRET_TEXT];
    pk_secret_new(a);
    pk_secret_new(b);
    assert_int_equal(strlen(a), PK_SECRET_TEXT - 1);
    assert_string_not_equal(a, b);
    assert_true(pk_secret_equal(a, a));
    assert_false(pk_secret_equal(a, b));
    assert_false(pk_secret_equal("abc", "abcd"));
}

static int64_t ms_of(const char *encoded)
{
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_false(pk_password_matches(encoded, "something else"));
    clock_gettime(CLOCK_MONOTONIC, &after);
    return (after.tv_sec - before.tv_sec) * 1000 +
           (after.tv_nsec - before.tv_nsec) / 1000000;
}

static void a_password_matches_its_hash_alone(void **state)
{
    (void)state;
    struct pk_error err = {0};
    char hash[PK_PASSWORD_TEXT], again[PK_PASSWORD_TEXT];
    assert_int_equal(pk_password_hash(hash, "häst batteri klammer", &err), PK_OK);
    assert_int_equal(pk_password_hash(again, "häst batteri klammer", &err), PK_OK);
    assert_string_not_equal(hash, again);
    assert_int_equal(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
    assert_true(pk_password_matches(hash, "häst batteri klammer"));
    assert_false(pk_password_matches(hash, "häst batteri klamme"));
    assert_false(pk_password_matches(hash, ""));
    assert_false(pk_password_matches(NULL, ""));
    /* Nobody's password takes as long as somebody's: not a tenth of it. */
    assert_true(ms_of(NULL) * 10 + 10 > ms_of(hash));
    assert_true(ms_of(NULL) > 2);
}

static void passwords_have_a_length(void **state)
{
    (void)state;
    struct pk_error err = {0};
    char hash[PK_PASSWORD_TEXT], longest[PK_PASSWORD_MAX + 2];
    memset(longest, 'a', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(pk_password_hash(hash, "elva teckenå" + 1, &err), PK_BAD_INPUT);
    assert_int_equal(pk_password_hash(hash, longest, &err), PK_BAD_INPUT);
    assert_int_equal(pk_password_hash(hash, "", &err), PK_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64url_is_the_standards),
        cmocka_unit_test(base64url_is_read_strictly),
        cmocka_unit_test(secrets_differ_and_are_compared_whole),
        cmocka_unit_test(a_password_matches_its_hash_alone),
        cmocka_unit_test(passwords_have_a_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
