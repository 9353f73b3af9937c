/* Files that mean harm, each through a real import child: it reads no other file, makes
 * no connection, ends in time, and says why it refuses. */
#include "pk_test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zip.h>

#include <sqlite3.h>

#include "base/jsonread.h"
#include "import/child.h"
#include "import/sandbox.h"
#include "layers/stream.h"

static char folder[64] = "/tmp/plankarta-hostile-XXXXXX";
#define SECRET "nobody-may-read-this-4711"

struct result {
    enum pk_status status;
    struct pk_error err;
    size_t features;
    bool leaked;
};

static const char *put(char *path, size_t size, const char *name, const void *data,
                       size_t len)
{
    snprintf(path, size, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    fclose(f);
    return path;
}

static struct result import(const char *path)
{
    struct pk_child_job job = {.source = path,
                               .lang = PK_EN,
                               .max_bytes = 1 << 30,
                               .max_mb = 2048,
                               .max_s = 20,
                               .require_landlock = pk_landlock_abi() > 0};
    struct result r = {
        .err = {PK_OK, ""}
    };
    struct pk_record record;
    bool end = false;
    int fd;

    r.status = pk_child_run(&fd, &job, &r.err);
    if (r.status != PK_OK) {
        return r;
    }
    struct pk_stream_in *in = pk_stream_open(fd);
    while (!end && pk_stream_next(in, &record, &end, NULL) == PK_OK) {
        char *text = json_dumps(record.object, 0);
        r.leaked = r.leaked || strstr(text, SECRET) != NULL;
        r.features += record.type == PK_REC_FEATURE;
        free(text);
    }
    assert_true(end);
    pk_stream_close(in);
    close(fd);
    return r;
}

static struct result import_text(const char *name, const char *text)
{
    char path[256];

    return import(put(path, sizeof(path), name, text, strlen(text)));
}

/* --- a server that must hear nothing --- */

static int canary(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static bool heard(int fd)
{
    int got = accept(fd, NULL, NULL);

    if (got >= 0) {
        close(got);
    }
    return got >= 0;
}

static void no_link_in_a_file_makes_a_connection(void **state)
{
    char text[1024];
    int port, fd = canary(&port);
    struct result r;
    (void)state;

    snprintf(text, sizeof(text),
             "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"link\",\"properties\":{"
             "\"href\":\"http://127.0.0.1:%d/crs\",\"type\":\"proj4\"}},\"features\":[{"
             "\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\","
             "\"coordinates\":[15,60]}}]}",
             port);
    r = import_text("link.geojson", text);
    assert_false(heard(fd));
    snprintf(
        text, sizeof(text),
        "<FeatureCollection xmlns:gml=\"http://www.opengis.net/gml\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
        "xsi:schemaLocation=\"http://x http://127.0.0.1:%d/x.xsd\">"
        "<gml:featureMember><a gml:id=\"a\"><g xlink:href=\"http://127.0.0.1:%d/y#z\"/>"
        "<p><gml:Point srsName=\"EPSG:4326\"><gml:coordinates>15,60</gml:coordinates>"
        "</gml:Point></p></a></gml:featureMember></FeatureCollection>",
        port, port);
    r = import_text("schema.gml", text);
    (void)r;
    assert_false(heard(fd));
    close(fd);
}

static void no_file_beside_the_source_is_read(void **state)
{
    char secret[256], text[1024];
    struct result r;
    (void)state;

    put(secret, sizeof(secret), "secret.csv", "x,y,t\n1,2," SECRET "\n",
        strlen("x,y,t\n1,2," SECRET "\n"));
    snprintf(text, sizeof(text),
             "<OGRVRTDataSource><OGRVRTLayer name=\"secret\"><SrcDataSource>%s"
             "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
             secret);
    r = import_text("vrt.geojson", text);
    assert_int_not_equal(r.status, PK_OK);
    assert_false(r.leaked);
    snprintf(
        text, sizeof(text),
        "<!DOCTYPE a [<!ENTITY s SYSTEM \"file://%s\">]><DP_Data "
        "xmlns=\"http://www.sis.se/ss637040\"><beskrivning>&s;</beskrivning></DP_Data>",
        secret);
    r = import_text("entity.gml", text);
    assert_int_not_equal(r.status, PK_OK);
    assert_non_null(strstr(r.err.text, "DOCTYPE"));
}

static void make_database(const char *path, const char *sql)
{
    sqlite3 *db;

    unlink(path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(
            db,
            "PRAGMA application_id=1196444487;"
            "CREATE TABLE gpkg_spatial_ref_sys(srs_name TEXT, srs_id INTEGER PRIMARY "
            "KEY, organization TEXT, organization_coordsys_id INTEGER, definition "
            "TEXT, description TEXT);"
            "CREATE TABLE gpkg_contents(table_name TEXT PRIMARY KEY, data_type TEXT, "
            "identifier TEXT, description TEXT, last_change TEXT, min_x, min_y, "
            "max_x, max_y, srs_id INTEGER);"
            "CREATE TABLE gpkg_geometry_columns(table_name TEXT PRIMARY KEY, "
            "column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z, m);",
            NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
}

static void a_database_with_more_than_tables_is_not_let_through(void **state)
{
    static const struct {
        const char *sql, *word;
    } cases[] = {
        {"PRAGMA writable_schema=ON; INSERT INTO sqlite_schema VALUES('table','v','v',0,"
         "'CREATE VIRTUAL TABLE v USING VirtualText(''/etc/passwd'',UTF8,0,POINT)')", "virtual table"},
        {"CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) "
         "SELECT x FROM c",                                                           "a view"       },
        {"CREATE TABLE t(a); CREATE TRIGGER boom AFTER INSERT ON t BEGIN DELETE FROM t; "
         "END",                                                                       "a trigger"    },
        {"CREATE TABLE t(a, b GENERATED ALWAYS AS (a + 1))",                                   "generated"    },
    };
    char path[256];
    (void)state;

    snprintf(path, sizeof(path), "%s/hostile.gpkg", folder);
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        make_database(path, cases[i].sql);
        struct result r = import(path);
        assert_int_not_equal(r.status, PK_OK);
        if (strstr(r.err.text, cases[i].word) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", r.err.text, cases[i].word);
        }
    }
}

static void make_zip(const char *path, const char *name, const void *data, size_t len,
                     int copies)
{
    zip_t *zip;

    unlink(path);
    zip = zip_open(path, ZIP_CREATE, NULL);
    assert_non_null(zip);
    for (int i = 0; i < copies; i++) {
        char full[128];
        snprintf(full, sizeof(full), copies > 1 ? "%s%d" : "%s", name, i);
        assert_true(zip_file_add(zip, full, zip_source_buffer(zip, data, len, 0),
                                 ZIP_FL_ENC_UTF_8) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
}

static void archives_that_escape_or_swell_are_refused_at_once(void **state)
{
    const size_t big = 64 << 20;
    char path[256], *zeros = calloc(1, big);
    time_t start = time(NULL);
    (void)state;

    snprintf(path, sizeof(path), "%s/bad.zip", folder);
    make_zip(path, "../../slip.geojson", "{}", 2, 1);
    assert_int_not_equal(import(path).status, PK_OK);
    make_zip(path, "bomb.geojson", zeros, big, 1);
    assert_int_not_equal(import(path).status, PK_OK);
    make_zip(path, "f", "x", 1, 500);
    struct result r = import(path);
    assert_int_not_equal(r.status, PK_OK);
    assert_non_null(strstr(r.err.text, "entries"));
    assert_true(time(NULL) - start < 20);
    free(zeros);
}

static void numbers_that_are_none_are_refused_and_the_rest_is_read(void **state)
{
    struct result r = import_text(
        "inf.geojson",
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
        "\"properties\":"
        "{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1e999,60]}},{\"type\":"
        "\"Feature\",\"properties\":{\"a\":1},\"geometry\":{\"type\":\"Point\","
        "\"coordinates\":[15,60]}}]}");
    (void)state;

    /* our own look reads the whole file as JSON, where 1e999 is no number */
    assert_true(r.status != PK_OK || r.features == 1);
}

static void the_sandbox_denies_files_and_sockets(void **state)
{
    char ok[] =
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
        "\"properties\":{\"a\":1},\"geometry\":{\"type\":\"Point\",\"coordinates\":"
        "[15,60]}}]}";
    struct result r = import_text("good.geojson", ok);
    (void)state;

    assert_int_equal(r.status, PK_OK);
    assert_int_equal(r.features, 1);
    if (pk_landlock_abi() == 0) {
        print_message("no Landlock here: the file rules are not in force\n");
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        struct pk_sandbox box = {folder, 2048, 20, true};
        int wrong = pk_sandbox_enter(&box, NULL) != PK_OK;
        wrong |= open("/etc/passwd", O_RDONLY) >= 0 ? 2 : 0;
        wrong |= socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 4 : 0;
        wrong |= socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ? 8 : 0;
        wrong |= fork() >= 0 ? 16 : 0;
        execl("/bin/true", "true", (char *)NULL); /* must fail, or exit 0 is not ours */
        _exit(wrong ? wrong : 77);
    }
    int how = 0;
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_int_equal(WEXITSTATUS(how), 77);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sandbox_denies_files_and_sockets),
        cmocka_unit_test(no_link_in_a_file_makes_a_connection),
        cmocka_unit_test(no_file_beside_the_source_is_read),
        cmocka_unit_test(a_database_with_more_than_tables_is_not_let_through),
        cmocka_unit_test(archives_that_escape_or_swell_are_refused_at_once),
        cmocka_unit_test(numbers_that_are_none_are_refused_and_the_rest_is_read),
    };
    int failed;

    if (argc > 1 && strcmp(argv[1], PK_CHILD_COMMAND) == 0) {
        return pk_child_main(argc, argv);
    }
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    failed = cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
    static const char *const names[] = {"link.geojson", "schema.gml",   "secret.csv",
                                        "vrt.geojson",  "entity.gml",   "hostile.gpkg",
                                        "bad.zip",      "good.geojson", "inf.geojson"};
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        char path[256];
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return failed;
}
