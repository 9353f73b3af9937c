/* test_base.c - buffers, parsing, text, dates, ids, messages. */
#include "unit/pk_test.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/jsonread.h"
#include "base/msg.h"
#include "base/parse.h"
#include "base/text.h"

static void buffer_stops_at_its_cap(void **state)
{
    (void)state;
    struct pk_buf buf;
    pk_buf_init(&buf, 4);
    pk_buf_adds(&buf, "abcd");
    assert_false(buf.failed);
    pk_buf_addc(&buf, 'e');
    assert_true(buf.failed);
    assert_string_equal(buf.data, "abcd");
    pk_buf_finish(&buf);
}

static void varints_come_back_and_short_ones_are_bad(void **state)
{
    (void)state;
    static const int64_t values[] = {0, 1, -1, 63, -64, 64, INT64_MAX, INT64_MIN};
    struct pk_buf buf;
    pk_buf_init(&buf, 1000);
    for (size_t i = 0; i < PK_COUNT(values); i++) {
        pk_buf_add_svarint(&buf, values[i]);
    }
    struct pk_bytes in = pk_bytes_of(buf.data, buf.len);
    for (size_t i = 0; i < PK_COUNT(values); i++) {
        assert_true(pk_bytes_svarint(&in) == values[i]);
    }
    assert_false(in.bad);
    assert_int_equal(pk_bytes_varint(&in), 0);
    assert_true(in.bad);
    pk_buf_finish(&buf);
}

static void numbers_are_read_strictly(void **state)
{
    (void)state;
    double d;
    uint32_t u;
    assert_true(pk_parse_all_double("674032.123", &d) && d == 674032.123);
    assert_true(pk_parse_all_double("-0.5", &d) && d == -0.5);
    static const char *const bad[] = {"",    ".5",   "5.",  "1e3",
                                      "nan", "inf",  " 1",  "1 ",
                                      "+1",  "0x10", "1,5", "12345678901234567890"};
    for (size_t i = 0; i < PK_COUNT(bad); i++) {
        assert_false(pk_parse_all_double(bad[i], &d));
    }
    assert_true(pk_parse_all_u32("007", 10, &u) && u == 7);
    assert_false(pk_parse_all_u32("11", 10, &u));
    assert_false(pk_parse_all_u32("4294967296", UINT32_MAX, &u));
}

static void keys_and_folds_are_swedish(void **state)
{
    (void)state;
    struct pk_arena arena = {0};
    assert_string_equal(pk_text_key(&arena, "  Timra\xcc\x8a  vivsta\t13:5 "),
                        "TIMRÅ VIVSTA 13:5");
    assert_string_equal(pk_text_fold(&arena, "Café Ängö Ü-gatan"), "cafe ängö u-gatan");
    assert_null(pk_text_key(&arena, "\xff"));
    assert_string_equal(pk_text_from_cp1252(&arena, "\xe5\x80", 2), "å€");
    pk_arena_finish(&arena);
}

static void days_follow_the_local_calendar(void **state)
{
    (void)state;
    assert_int_equal(pk_date_parse("1970-01-02"), 1);
    assert_int_equal(pk_date_parse("2023-02-29"), PK_DATE_NONE);
    assert_int_equal(pk_date_parse("2019-03-04T00:00:00Z"), pk_date_parse("2019-03-04"));
    time_t t;
    assert_true(pk_time_parse(&t, "2026-06-30T22:00:00Z"));
    assert_int_equal(pk_date_stockholm(t), pk_date_parse("2026-07-01"));
    assert_int_equal(pk_date_stockholm(t - 1), pk_date_parse("2026-06-30"));
    assert_true(pk_date_stockholm_start(pk_date_parse("2026-07-01")) == t);
    assert_true(pk_time_parse(&t, "2026-12-31T23:00:00Z"));
    assert_int_equal(pk_date_stockholm(t), pk_date_parse("2027-01-01"));
    char text[PK_DATE_TEXT];
    pk_date_format(text, pk_date_add_months(pk_date_parse("2020-02-29"), 12));
    assert_string_equal(text, "2021-02-28");
}

static void ids_are_stable(void **state)
{
    (void)state;
    struct pk_id a = pk_id_of("plan", "9901", "BN16/1724"), b;
    char text[PK_ID_TEXT];
    pk_id_format(text, a);
    assert_int_equal(text[14], '5'); /* version 5 */
    assert_true(pk_id_parse(&b, text) && pk_id_equal(a, b));
    assert_false(pk_id_parse(&b, "5ac8e403-314c-495b-ab6a-280987424d0"));
    assert_true(pk_draw_key(a, "use") != pk_draw_key(a, "plan"));
    assert_true(pk_draw_key(a, "use") >> 63 == 0);
    char sha[PK_SHA256_TEXT];
    pk_sha256_text(sha, "abc", 3); /* FIPS 180-2, appendix B.1 */
    assert_string_equal(
        sha, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void json_is_written_and_read(void **state)
{
    (void)state;
    struct pk_buf buf;
    struct pk_json j;
    pk_buf_init(&buf, 1000);
    pk_json_init(&j, &buf);
    pk_json_object(&j);
    pk_json_member(&j, "a", "\"å\\\n\x01\xff");
    pk_json_key(&j, "n");
    pk_json_fixed(&j, -0.0001, 2);
    pk_json_key(&j, "l");
    pk_json_array(&j);
    pk_json_int(&j, -3);
    pk_json_bool(&j, true);
    pk_json_end(&j);
    pk_json_end(&j);
    assert_string_equal(buf.data, "{\"a\":\"\\\"å\\\\\\n\\u0001\xef\xbf\xbd\",\"n\":0,"
                                  "\"l\":[-3,true]}");
    json_t *doc;
    struct pk_error err;
    assert_int_equal(pk_json_parse(&doc, buf.data, buf.len, 1000, &err), PK_OK);
    json_decref(doc);
    assert_int_equal(pk_json_parse(&doc, "{\n\"a\":}", 7, 1000, &err), PK_BAD_INPUT);
    assert_non_null(strstr(err.text, "line 2"));
    pk_buf_finish(&buf);
}

static void every_message_has_the_same_slots_in_every_language(void **state)
{
    (void)state;
    for (int id = 0; id < PK_MSG_COUNT; id++) {
        const char *sv = pk_msg_text((enum pk_msg_id)id, PK_SV);
        for (int lang = 0; lang < PK_LANG_COUNT; lang++) {
            const char *text = pk_msg_text((enum pk_msg_id)id, (enum pk_lang)lang);
            assert_true(pk_utf8_valid(text));
            for (const char *p = strchr(text, '{'); p != NULL; p = strchr(p + 1, '{')) {
                char slot[64] = {0};
                size_t len = strcspn(p, "}") + 1;
                assert_true(len < sizeof(slot));
                memcpy(slot, p, len);
                if (strstr(sv, slot) == NULL) {
                    fail_msg("message %d: %s is not in the Swedish text \"%s\"", id, slot,
                             sv);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_stops_at_its_cap),
        cmocka_unit_test(varints_come_back_and_short_ones_are_bad),
        cmocka_unit_test(numbers_are_read_strictly),
        cmocka_unit_test(keys_and_folds_are_swedish),
        cmocka_unit_test(days_follow_the_local_calendar),
        cmocka_unit_test(ids_are_stable),
        cmocka_unit_test(json_is_written_and_read),
        cmocka_unit_test(every_message_has_the_same_slots_in_every_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
