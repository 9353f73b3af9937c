/* Messages between worker and writer. */
#include "pk_test.h"

#include <string.h>

#include "layers/writer_message.h"

static enum pk_status read_text(struct pk_writer_request *out, const char *text,
                                struct pk_error *err)
{
    struct pk_buf packet;
    pk_buf_init(&packet, PK_WRITER_MESSAGE_MAX);
    pk_buf_add_u32(&packet, (uint32_t)strlen(text));
    pk_buf_adds(&packet, text);
    enum pk_status status = pk_writer_request_read(out, packet.data, packet.len, err);
    pk_buf_finish(&packet);
    return status;
}

static void a_request_is_read_member_by_member(void **state)
{
    (void)state;
    struct pk_writer_request r;
    struct pk_error err = {0};
    assert_int_equal(
        read_text(&r,
                  "{\"id\":8,\"do\":\"import\",\"sources\":[{\"path\":\"/a\",\"name\":"
                  "\"b\"},{\"path\":\"/c\"}],\"layer\":null,\"publish\":false,"
                  "\"by\":\"anna\",\"lang\":\"en\",\"new\":[1]}",
                  &err),
        PK_OK);
    assert_int_equal(r.id, 8);
    assert_int_equal(r.action, PK_WRITER_IMPORT);
    assert_int_equal(r.source_count, 2);
    assert_string_equal(r.sources[0].name, "b");
    assert_string_equal(r.sources[1].name, "/c");
    assert_null(r.layer);
    assert_false(r.publish);
    assert_string_equal(r.by, "anna");
    assert_int_equal(r.lang, PK_EN);
    pk_writer_request_finish(&r);
    assert_int_equal(read_text(&r, "{\"do\":\"rollback\",\"to\":4}", &err), PK_OK);
    assert_int_equal(r.action, PK_WRITER_ROLLBACK);
    assert_int_equal(r.number, 4);
    pk_writer_request_finish(&r);
}

static void mistakes_name_the_member(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
        enum pk_status status;
    } rows[] = {
        {"{\"do\":\"fly\"}",                                                   "do: ",      PK_UNSUPPORTED},
        {"{}",                                                                 "do: ",      PK_UNSUPPORTED},
        {"{\"do\":5}",                                                         "do: ",      PK_BAD_INPUT  },
        {"[]",                                                                 "object",    PK_BAD_INPUT  },
        {"{",                                                                  "line 1",    PK_BAD_INPUT  },
        {"{\"do\":\"publish\"}",                                               "draft: ",   PK_BAD_INPUT  },
        {"{\"do\":\"publish\",\"draft\":0}",                                   "draft: ",   PK_BAD_INPUT  },
        {"{\"do\":\"publish\",\"draft\":1.5}",                                 "draft: ",   PK_BAD_INPUT  },
        {"{\"do\":\"rollback\",\"to\":\"4\"}",                                 "to: ",      PK_BAD_INPUT  },
        {"{\"do\":\"rollback\",\"to\":4,\"by\":7}",                            "by: ",      PK_BAD_INPUT  },
        {"{\"do\":\"import\"}",                                                "sources: ", PK_BAD_INPUT  },
        {"{\"do\":\"import\",\"sources\":[]}",                                 "sources: ", PK_BAD_INPUT  },
        {"{\"do\":\"import\",\"sources\":[7]}",                                "sources: ", PK_BAD_INPUT  },
        {"{\"do\":\"import\",\"sources\":[{\"path\":7}]}",                     "path: ",    PK_BAD_INPUT  },
        {"{\"do\":\"import\",\"sources\":[{\"path\":\"a\"}],\"lang\":\"xx\"}",
         "lang: ",                                                                          PK_BAD_INPUT  },
        {"{\"do\":\"import\",\"sources\":[{\"path\":\"a\"}],\"publish\":1}",
         "publish: ",                                                                       PK_BAD_INPUT  },
    };
    for (size_t i = 0; i < PK_COUNT(rows); i++) {
        struct pk_writer_request r;
        struct pk_error err = {0};
        assert_int_equal(read_text(&r, rows[i].text, &err), rows[i].status);
        if (strstr(err.text, rows[i].said) == NULL) {
            fail_msg("%s: %s", rows[i].text, err.text);
        }
        pk_writer_request_finish(&r);
    }
}

static void a_packet_that_is_not_whole_is_refused(void **state)
{
    (void)state;
    static const char packet[] = "\x0d\0\0\0{\"do\":\"ping\"}";
    struct pk_writer_request r;
    struct pk_error err = {0};
    size_t whole = sizeof(packet) - 1;
    for (size_t len = 0; len < whole; len++) {
        assert_int_equal(pk_writer_request_read(&r, packet, len, &err), PK_BAD_DATA);
        pk_writer_request_finish(&r);
    }
    assert_int_equal(pk_writer_request_read(&r, packet, whole, &err), PK_OK);
    assert_int_equal(r.action, PK_WRITER_PING);
    pk_writer_request_finish(&r);
    assert_int_equal(pk_writer_request_read(&r, packet, sizeof(packet), &err),
                     PK_BAD_DATA);
    pk_writer_request_finish(&r);
}

static void replies_come_back_as_they_were(void **state)
{
    (void)state;
    struct pk_writer_reply rows[] = {
        {.id = 7,                 .version = 5, .draft = 3, .refused = true},
        {.held = true                      },
        {.id = 9, .status = PK_NOT_FOUND,                        .error = {PK_NOT_FOUND, "draft 3: \"å\"\n"}           },
    };
    for (size_t i = 0; i < PK_COUNT(rows); i++) {
        struct pk_writer_reply back;
        struct pk_error err = {0};
        struct pk_buf out;
        pk_buf_init(&out, PK_WRITER_MESSAGE_MAX);
        pk_writer_reply_write(&out, &rows[i]);
        assert_int_equal(pk_writer_reply_read(&back, out.data, out.len, &err), PK_OK);
        assert_int_equal(back.id, rows[i].id);
        assert_int_equal(back.status, rows[i].status);
        assert_int_equal(back.version, rows[i].version);
        assert_int_equal(back.draft, rows[i].draft);
        assert_int_equal(back.held, rows[i].held);
        assert_int_equal(back.refused, rows[i].refused);
        assert_string_equal(back.error.text, rows[i].error.text);
        pk_buf_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_member_by_member),
        cmocka_unit_test(mistakes_name_the_member),
        cmocka_unit_test(a_packet_that_is_not_whole_is_refused),
        cmocka_unit_test(replies_come_back_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
