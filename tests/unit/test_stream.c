/* The record stream: what was written is read; what is broken is refused. */
#include "pk_test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "layers/stream.h"

static int temp_file(void)
{
    FILE *file = tmpfile();
    int fd;

    assert_non_null(file);
    fd = dup(fileno(file));
    fclose(file);
    return fd;
}

static void write_sample(int fd, bool end)
{
    struct pk_arena arena = {0};
    struct pk_geom_builder *b = pk_geom_begin(&arena, PK_GEOM_LINE, false);
    struct pk_stream_out out;
    struct pk_geom g;

    pk_geom_vertex(b, 1.5, 2, 0);
    pk_geom_vertex(b, 3, 4, 0);
    assert_int_equal(pk_geom_done(&g, b, NULL), PK_OK);
    pk_stream_out_init(&out, fd);
    pk_stream_put(&out, PK_REC_SOURCE, json_pack("{ss}", "recognised_as", "test"), NULL);
    for (int i = 0; i < 3; i++)
        pk_stream_put(&out, PK_REC_FEATURE, json_pack("{sssi}", "layer", "a", "n", i),
                      i == 1 ? &g : NULL);
    if (end)
        pk_stream_put(&out, PK_REC_END, json_object(), NULL);
    assert_int_equal(pk_stream_out_finish(&out, NULL), PK_OK);
    pk_arena_finish(&arena);
    lseek(fd, 0, SEEK_SET);
}

static enum pk_status walk_all(int fd, int *records, struct pk_error *err)
{
    struct pk_stream_in *in = pk_stream_open(fd);
    enum pk_status status;
    struct pk_record r;
    bool end = false;

    *records = 0;
    do {
        status = pk_stream_next(in, &r, &end, err);
        if (status == PK_OK)
            ++*records;
    } while (status == PK_OK && !end);
    pk_stream_close(in);
    return status;
}

static void records_come_back_in_order_with_their_geometry(void **state)
{
    int fd = temp_file();
    struct pk_stream_in *in;
    struct pk_record r;
    bool end;
    (void)state;

    write_sample(fd, true);
    in = pk_stream_open(fd);
    assert_int_equal(pk_stream_next(in, &r, &end, NULL), PK_OK);
    assert_int_equal(r.type, PK_REC_SOURCE);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pk_stream_next(in, &r, &end, NULL), PK_OK);
        assert_int_equal(r.type, PK_REC_FEATURE);
        assert_int_equal(json_integer_value(json_object_get(r.object, "n")), i);
        assert_int_equal(r.has_geom, i == 1);
        if (r.has_geom)
            assert_true(r.geom.kind == PK_GEOM_LINE && r.geom.xy[0] == 1.5);
        assert_false(end);
    }
    assert_int_equal(pk_stream_next(in, &r, &end, NULL), PK_OK);
    assert_true(end && r.type == PK_REC_END);
    pk_stream_close(in);
    close(fd);
}

static void a_stream_without_its_end_is_an_error(void **state)
{
    struct pk_error err;
    int fd = temp_file(), n;
    (void)state;

    write_sample(fd, false);
    assert_int_equal(walk_all(fd, &n, &err), PK_BAD_DATA);
    assert_int_equal(n, 4);
    assert_non_null(strstr(err.text, "ended before its end"));
    close(fd);
}

static void every_cut_and_every_changed_byte_is_met_without_harm(void **state)
{
    char bytes[1024];
    int fd = temp_file(), n;
    ssize_t len;
    (void)state;

    write_sample(fd, true);
    len = read(fd, bytes, sizeof bytes);
    close(fd);
    assert_in_range(len, 1, sizeof bytes - 1);
    for (ssize_t cut = 0; cut < len; cut++) {
        fd = temp_file();
        assert_int_equal(write(fd, bytes, (size_t)cut), cut);
        lseek(fd, 0, SEEK_SET);
        assert_int_equal(walk_all(fd, &n, NULL), PK_BAD_DATA);
        close(fd);
    }
    for (ssize_t at = 0; at < len; at++) {
        char was = bytes[at];

        bytes[at] ^= (char)0x81;
        fd = temp_file();
        assert_int_equal(write(fd, bytes, (size_t)len), len);
        lseek(fd, 0, SEEK_SET);
        (void)!walk_all(fd, &n, NULL);
        bytes[at] = was;
        close(fd);
    }
}

static void a_closed_door_is_told_once_at_the_end(void **state)
{
    struct pk_stream_out out;
    (void)state;

    pk_stream_out_init(&out, -1);
    pk_stream_put(&out, PK_REC_SOURCE, json_object(), NULL);
    assert_int_equal(pk_stream_out_finish(&out, NULL), PK_IO);
}

static void the_source_record_is_first_and_only_once(void **state)
{
    struct pk_stream_out out;
    struct pk_error err;
    int fd = temp_file(), n;
    (void)state;

    pk_stream_out_init(&out, fd);
    pk_stream_put(&out, PK_REC_PLAN, json_object(), NULL);
    assert_int_equal(pk_stream_out_finish(&out, NULL), PK_OK);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(walk_all(fd, &n, &err), PK_BAD_DATA);
    assert_int_equal(ftruncate(fd, 0), 0);
    lseek(fd, 0, SEEK_SET);
    pk_stream_out_init(&out, fd);
    pk_stream_put(&out, PK_REC_SOURCE, json_object(), NULL);
    pk_stream_put(&out, PK_REC_SOURCE, json_object(), NULL);
    assert_int_equal(pk_stream_out_finish(&out, NULL), PK_OK);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(walk_all(fd, &n, &err), PK_BAD_DATA);
    assert_int_equal(n, 1);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_back_in_order_with_their_geometry),
        cmocka_unit_test(a_stream_without_its_end_is_an_error),
        cmocka_unit_test(every_cut_and_every_changed_byte_is_met_without_harm),
        cmocka_unit_test(a_closed_door_is_told_once_at_the_end),
        cmocka_unit_test(the_source_record_is_first_and_only_once),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
