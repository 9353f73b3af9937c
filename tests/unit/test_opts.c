/* test_opts.c - settings from all sources, and the command line. */
#include "unit/pk_test.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/command.h"
#include "base/opts.h"

static enum pk_status read_text(struct pk_opts *opts, const char *text,
                                struct pk_error *err)
{
    return pk_opts_read(opts, text, strlen(text), "a.conf", err);
}

static void table_is_alphabetical_and_its_defaults_are_valid(void **state)
{
    (void)state;
    const struct pk_opt_key *key, *before = NULL;
    for (size_t i = 0; (key = pk_opts_key_at(i)) != NULL; i++, before = key) {
        assert_true(before == NULL || strcmp(before->name, key->name) < 0);
        assert_non_null(key->help);
        assert_true(key->type != PK_OPT_LIST || key->fallback == NULL);
        if (key->fallback != NULL && strchr(key->name, 'N') == NULL &&
            strstr(key->name, "ID") == NULL) {
            struct pk_opts *opts = pk_opts_create();
            struct pk_error err;
            assert_int_equal(pk_opts_set(opts, key->name, key->fallback, "x", &err),
                             PK_OK);
            pk_opts_destroy(opts);
        }
    }
}

static void later_sources_win(void **state)
{
    (void)state;
    struct pk_error err;
    struct pk_opts *opts = pk_opts_create();
    assert_int_equal(pk_opts_int(opts, "workers"), 2);
    assert_int_equal(read_text(opts,
                               "# comment\n\nworkers = 3\nname.sv = Fjällnäs karta \r\n"
                               "cors_origins = https://a.se , https://b.se,\n"
                               "links.2.text=B\nlinks.1.text = A = a\n"
                               "background.lm.timeout_s = 2.5\n",
                               &err),
                     PK_OK);
    assert_int_equal(pk_opts_int(opts, "workers"), 3);
    const char *env[] = {"HOME=/x",
                         "PLANKARTA_WORKERS=4",
                         "PLANKARTA_BACKGROUND_LM_TIMEOUT_S=3",
                         "PLANKARTA_PLANS_COMPLETE_9901=2026-01-10",
                         "PLANKARTA_CONFIG=b",
                         NULL};
    assert_int_equal(pk_opts_read_env(opts, env, &err), PK_OK);
    assert_int_equal(pk_opts_int(opts, "workers"), 4);
    assert_true(pk_opts_number(opts, "background.lm.timeout_s") == 3.0);
    assert_string_equal(pk_opts_text(opts, "plans_complete.9901"), "2026-01-10");
    assert_string_equal(pk_opts_text(opts, "name.sv"), "Fjällnäs karta");
    assert_string_equal(pk_opts_text(opts, "links.1.text"), "A = a");
    assert_string_equal(pk_opts_item(opts, "cors_origins", 1), "https://b.se");
    assert_null(pk_opts_item(opts, "cors_origins", 2));
    assert_string_equal(pk_opts_place(opts, "links", 0), "1");
    assert_string_equal(pk_opts_place(opts, "links", 1), "2");
    assert_null(pk_opts_place(opts, "links", 2));
    assert_string_equal(pk_opts_place(opts, "background", 0), "lm");
    assert_int_equal(pk_opts_set(opts, "workers", "5", "command line", &err), PK_OK);
    assert_int_equal(pk_opts_int(opts, "workers"), 5);
    assert_null(pk_opts_text(opts, "logo"));
    pk_opts_destroy(opts);
}

static void mistakes_name_file_line_and_value(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"db = x\nwokers = 3\n",              "a.conf:2: there is no setting \"wokers\""},
        {"workers = 0\n",
         "a.conf:1: workers: \"0\" is not a whole number between 1 and 64"              },
        {"workers = 3x\n",                    "a.conf:1: workers"                       },
        {"workers\n",                         "a.conf:1: expected"                      },
        {"links.0.text = a\n",                "there is no setting"                     },
        {"links.100.text = a\n",              "there is no setting"                     },
        {"plans_complete.99a1 = a\n",         "there is no setting"                     },
        {"background.LM.url = a\n",           "there is no setting"                     },
        {"background..url = a\n",             "there is no setting"                     },
        {"background.a.b.url = a\n",          "there is no setting"                     },
        {"log.level = loud\n",                "not one of error|warn|info|debug"        },
        {"import.require_landlock = maybe\n", "not yes or no"                           },
        {"default_accuracy_m = 1e3\n",        "not a number"                            },
        {"name.sv = \xff\n",                  "UTF-8"                                   },
    };
    for (size_t i = 0; i < PK_COUNT(cases); i++) {
        struct pk_opts *opts = pk_opts_create();
        struct pk_error err = {0};
        assert_int_equal(read_text(opts, cases[i].text, &err), PK_BAD_INPUT);
        if (strstr(err.text, cases[i].error) == NULL) {
            fail_msg("\"%s\" gave \"%s\"", cases[i].text, err.text);
        }
        pk_opts_destroy(opts);
    }
    struct pk_opts *opts = pk_opts_create();
    struct pk_error err = {0};
    const char *env[] = {"PLANKARTA_WOKERS=4", NULL};
    assert_int_equal(pk_opts_read_env(opts, env, &err), PK_BAD_INPUT);
    assert_non_null(strstr(err.text, "PLANKARTA_WOKERS"));
    pk_opts_destroy(opts);
}

static int seen_run(struct pk_invocation *in)
{
    if (!pk_given_flag(in, "json") || in->operand_count != 2 ||
        strcmp(in->operands[1], "-strange") != 0 ||
        strcmp(pk_given_value(in, "point"), "-5,3") != 0 ||
        strcmp(pk_given_value(in, "o"), "out.png") != 0 ||
        strcmp(pk_given_at(in, "style", 1), "b.json") != 0 ||
        pk_given_at(in, "style", 2) != NULL ||
        strcmp(pk_opts_text(in->opts, "db"), "x.sqlite") != 0 ||
        pk_opts_number(in->opts, "default_accuracy_m") != 3.0) {
        return PK_EXIT_FAILED;
    }
    return 42;
}

/* The words of `line` as a command line. */
static int run_line(const struct pk_command *table, const char *line)
{
    struct pk_arena arena = {0};
    char *argv[32] = {NULL};
    int argc = 0;
    while (*line != '\0') {
        size_t len = strcspn(line, " ");
        argv[argc++] = pk_arena_strndup(&arena, line, len);
        line += len + (line[len] == ' ');
    }
    int code = pk_command_main(table, argc, argv);
    pk_arena_finish(&arena);
    return code;
}

static void command_lines_are_read_by_the_table(void **state)
{
    (void)state;
    static const struct pk_command_option options[] = {
        {"json",  NULL,   "json" },
        {"o",     "FILE", "file" },
        {"point", "X,Y",  "point"},
        {"style", "FILE", "style"},
        {NULL,    NULL,   NULL   },
    };
    static const struct pk_command table[] = {
        {"do", "does it", "A B", options, 1, 2, seen_run},
        {NULL, NULL,      NULL,  NULL,    0, 0, NULL    },
    };
    assert_int_equal(run_line(table, "p do --db x.sqlite one --json --point -5,3 "
                                     "--style=a.json --style b.json -o out.png "
                                     "--default-accuracy-m 3 -- -strange"),
                     42);
    static const char *const bad[] = {
        "p do --wrong 1 x",    "p do x --point --json",
        "p do --json=1 x",     "p do",
        "p do 1 2 3",          "p nothing",
        "p do x --workers no", "p do x -o",
    };
    for (size_t i = 0; i < PK_COUNT(bad); i++) {
        assert_int_equal(run_line(table, bad[i]), PK_EXIT_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_alphabetical_and_its_defaults_are_valid),
        cmocka_unit_test(later_sources_win),
        cmocka_unit_test(mistakes_name_file_line_and_value),
        cmocka_unit_test(command_lines_are_read_by_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
