/* The strict reading of HTTP beside the library's. */
#include "pk_test.h"

#include <string.h>

#include "base/error.h"
#include "server/wire.h"

#define HOST "Host: a\r\n"
#define GET  "GET /a?b=%20 HTTP/1.1\r\n" HOST
#define POST "POST /a HTTP/1.1\r\n" HOST

struct one {
    const char *bytes;
    size_t len;
    uint64_t heads, whole, bad_at;
    const char *fault; /* a part of it */
};

#define CASE(bytes, ...)                                                                 \
    {                                                                                    \
        bytes, sizeof(bytes) - 1, __VA_ARGS__                                            \
    }

static void check(const struct one *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct pk_wire wire = {0};
        pk_wire_read(&wire, rows[i].bytes, rows[i].len);
        if (wire.heads != rows[i].heads || wire.whole != rows[i].whole ||
            wire.bad_at != rows[i].bad_at) {
            fail_msg("row %zu: heads %llu whole %llu bad %llu (%s)\n%s", i,
                     (unsigned long long)wire.heads, (unsigned long long)wire.whole,
                     (unsigned long long)wire.bad_at, wire.fault ? wire.fault : "",
                     rows[i].bytes);
        }
        if (rows[i].fault != NULL) {
            assert_non_null(wire.fault);
            assert_non_null(strstr(wire.fault, rows[i].fault));
        } else {
            assert_null(wire.fault);
        }
    }
}

static void plain_requests_are_counted_to_their_ends(void **state)
{
    (void)state;
    static const struct one rows[] = {
        CASE(GET "\r\n", 1, 1, 0, NULL),
        CASE("\r\n" GET "\r\n", 1, 1, 0, NULL),
        CASE(GET "\r\n" GET "\r\n" GET, 2, 2, 0, NULL),
        CASE("GET / HTTP/1.0\r\n\r\n", 1, 1, 0, NULL),
        CASE(GET "X:\r\nY: \t a\tb \xc3\xa5 \r\n\r\n", 1, 1, 0, NULL),
        CASE(POST "Content-Length: 3\r\n\r\nab", 1, 0, 0, NULL),
        CASE(POST "content-LENGTH:3 \t\r\n\r\nab\n" GET "\r\n", 2, 2, 0, NULL),
        CASE(POST "Content-Length: 0\r\n\r\n" GET "\r\n", 2, 2, 0, NULL),
        CASE(POST "Transfer-Encoding: Chunked\r\n\r\n", 1, 0, 0, NULL),
        CASE(POST "Transfer-Encoding: chunked\r\n\r\n3\r\na\0b\r\n00A\r\n0123456789\r\n0"
                  "\r\n\r\n" GET "\r\n",
             2, 2, 0, NULL),
        CASE(POST "X-Content-Length: 3\r\nContent-Length-: 4\r\n\r\n", 1, 1, 0, NULL),
    };
    check(rows, PK_COUNT(rows));
}

static void what_two_readers_could_read_differently_is_marked(void **state)
{
    (void)state;
    static const struct one rows[] = {
        CASE("GET /a\0b HTTP/1.1\r\n" HOST "\r\n", 0, 0, 1, "control"),
        CASE("GET /a HTTP/1.1\0\r\n" HOST "\r\n", 0, 0, 1, "control"),
        CASE(GET "X: a\0b\r\n\r\n", 0, 0, 1, "control"),
        CASE(GET "X\0Y: a\r\n\r\n", 0, 0, 1, "control"),
        CASE(GET "X: a\x7f\r\n\r\n", 0, 0, 1, "control"),
        CASE(GET "X: a\n\r\n", 0, 0, 1, "CR LF"),
        CASE(GET "X: a\rb\r\n\r\n", 0, 0, 1, "CR LF"),
        CASE(GET "\n", 0, 0, 1, "CR LF"),
        CASE(GET "\r\r\n", 0, 0, 1, "CR LF"),
        CASE("GET / HTTP/1.1\n" HOST "\r\n", 0, 0, 1, "CR LF"),
        CASE(GET "\r\n" GET " X: a\r\n\r\n", 1, 1, 2, "next line"),
        CASE("GET / HTTP/1.1\r\n\tHost: a\r\n\r\n", 0, 0, 1, "next line"),
        CASE("GET  / HTTP/1.1\r\n", 0, 0, 1, "first line"),
        CASE("GET / HTTP/1.1 \r\n", 0, 0, 1, "first line"),
        CASE("GET /a b HTTP/1.1\r\n", 0, 0, 1, "first line"),
        CASE("GET /\r\n", 0, 0, 1, "CR LF"),
        CASE("GET / http/1.1\r\n", 0, 0, 1, "first line"),
        CASE(" GET / HTTP/1.1\r\n", 0, 0, 1, "first line"),
        CASE("\r\n\r\nGET / HTTP/1.1\r\n", 0, 0, 1, "CR LF"),
        CASE(GET "X : a\r\n\r\n", 0, 0, 1, "name"),
        CASE(GET "X\r\n\r\n", 0, 0, 1, "CR LF"),
        CASE(GET ": a\r\n\r\n", 0, 0, 1, "name"),
        CASE(POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\n", 0, 0, 1, "length"),
        CASE(POST "Content-Length: 3, 3\r\n\r\n", 0, 0, 1, "length"),
        CASE(POST "Content-Length: +3\r\n\r\n", 0, 0, 1, "length"),
        CASE(POST "Content-Length:\r\n\r\n", 0, 0, 1, "length"),
        CASE(POST "Content-Length: 9223372036854775808\r\n\r\n", 0, 0, 1, "length"),
        CASE(POST "Content-Length: 00000000000000000003\r\n\r\n", 0, 0, 1, "length"),
        CASE(POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 0, 1,
             "length"),
        CASE(POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 0, 0, 1,
             "length"),
        CASE(POST "Transfer-Encoding: chunked, chunked\r\n\r\n", 0, 0, 1, "length"),
        CASE(POST "Transfer-Encoding: gzip, chunked\r\n\r\n", 0, 0, 1, "length"),
        CASE("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 0, 0, 1, "length"),
    };
    check(rows, PK_COUNT(rows));
}

static void chunks_are_sizes_and_bytes_alone(void **state)
{
    (void)state;
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
    static const struct one rows[] = {
        CASE(CHUNKED "\r\n", 1, 0, 1, "body"),
        CASE(CHUNKED "3;a=b\r\nabc\r\n0\r\n\r\n", 1, 0, 1, "body"),
        CASE(CHUNKED "3 \r\nabc\r\n0\r\n\r\n", 1, 0, 1, "body"),
        CASE(CHUNKED "3\nabc\r\n0\r\n\r\n", 1, 0, 1, "body"),
        CASE(CHUNKED "0x3\r\nabc\r\n0\r\n\r\n", 1, 0, 1, "body"),
        CASE(CHUNKED "-3\r\nabc\r\n0\r\n\r\n", 1, 0, 1, "body"),
        CASE(CHUNKED "3\r\nabcd\r\n0\r\n\r\n", 1, 0, 1, "body"),
        CASE(CHUNKED "3\r\nabc\n0\r\n\r\n", 1, 0, 1, "body"),
        CASE(CHUNKED "100000000\r\n", 1, 0, 1, "body"),
        CASE(CHUNKED "0\r\nX: a\r\n\r\n", 1, 0, 1, "body"),
        CASE(CHUNKED "0\r\n\n", 1, 0, 1, "body"),
    };
    check(rows, PK_COUNT(rows));
}

static void a_refusal_names_the_request_and_all_after_it(void **state)
{
    (void)state;
    static const char bytes[] = GET "\r\n" POST "Content-Length: 2\r\n\r\na";
    struct pk_wire wire = {0};
    assert_non_null(pk_wire_refusal(&wire, 1, false)); /* nothing was received */
    pk_wire_read(&wire, bytes, sizeof(bytes) - 1);
    assert_null(pk_wire_refusal(&wire, 1, true));
    assert_null(pk_wire_refusal(&wire, 2, false));
    assert_non_null(pk_wire_refusal(&wire, 2, true)); /* its body is not all there */
    assert_non_null(pk_wire_refusal(&wire, 3, false));
    pk_wire_read(&wire, "bGET / HTTP/1.1\n", 16);
    assert_null(pk_wire_refusal(&wire, 2, true));
    assert_non_null(strstr(pk_wire_refusal(&wire, 3, false), "CR LF"));
    pk_wire_read(&wire, "\r\n" GET "\r\n", sizeof(GET) + 3);
    assert_non_null(strstr(pk_wire_refusal(&wire, 4, true), "CR LF"));
    assert_null(pk_wire_refusal(&wire, 1, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_requests_are_counted_to_their_ends),
        cmocka_unit_test(what_two_readers_could_read_differently_is_marked),
        cmocka_unit_test(chunks_are_sizes_and_bytes_alone),
        cmocka_unit_test(a_refusal_names_the_request_and_all_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
