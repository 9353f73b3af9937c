#include "base/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"

static const char default_config[] = "plankarta.conf";

const struct pk_command *pk_command_find(const struct pk_command *table, const char *name)
{
    for (; table->name != NULL; table++) {
        if (strcmp(table->name, name) == 0) {
            return table;
        }
    }
    return NULL;
}

const char *pk_given_at(const struct pk_invocation *in, const char *name, uint32_t i)
{
    for (uint32_t n = 0; n < in->given_count; n++) {
        if (strcmp(in->given[n].option->name, name) == 0 && i-- == 0) {
            return in->given[n].value;
        }
    }
    return NULL;
}

const char *pk_given_value(const struct pk_invocation *in, const char *name)
{
    const char *value = NULL;
    for (uint32_t n = 0; n < in->given_count; n++) {
        if (strcmp(in->given[n].option->name, name) == 0) {
            value = in->given[n].value;
        }
    }
    return value;
}

bool pk_given_flag(const struct pk_invocation *in, const char *name)
{
    for (uint32_t n = 0; n < in->given_count; n++) {
        if (strcmp(in->given[n].option->name, name) == 0) {
            return true;
        }
    }
    return false;
}

int pk_command_fail(const struct pk_invocation *in, int code, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    fprintf(stderr, "plankarta%s%s: %s\n", in->command != NULL ? " " : "",
            in->command != NULL ? in->command->name : "", text);
    return code;
}

int pk_command_error(const struct pk_invocation *in, const struct pk_error *err)
{
    return pk_command_fail(in, PK_EXIT_FAILED, "%s", err->text);
}

/* ---- help ---- */

static void help_forms(const struct pk_command *command)
{
    const char *form = command->forms != NULL ? command->forms : "";
    do {
        size_t len = strcspn(form, "\n");
        printf("  plankarta %s %.*s\n", command->name, (int)len, form);
        form += len + (form[len] == '\n');
    } while (*form != '\0');
}

static void help_command(const struct pk_command *command)
{
    printf("%s\n\n", command->summary);
    help_forms(command);
    if (command->options != NULL) {
        printf("\n");
        for (const struct pk_command_option *o = command->options; o->name != NULL; o++) {
            char left[64];
            snprintf(left, sizeof(left), "%s%s%s%s", o->name[1] == '\0' ? "-" : "--",
                     o->name, o->value != NULL ? " " : "",
                     o->value != NULL ? o->value : "");
            printf("  %-26s %s\n", left, o->help);
        }
    }
    printf("\nEvery setting may be given too: --db FILE, --theme NAME ... "
           "(plankarta help settings)\n");
}

static void help_settings(void)
{
    printf("Settings: plankarta.conf (key = value), PLANKARTA_KEY in the environment, "
           "--key VALUE.\n\n");
    const struct pk_opt_key *key;
    for (size_t i = 0; (key = pk_opts_key_at(i)) != NULL; i++) {
        printf("  %-28s %s", key->name, key->help);
        if (key->unit != NULL) {
            printf(", %s", key->unit);
        }
        if (key->choices != NULL) {
            printf(" (%s)", key->choices);
        }
        if (key->fallback != NULL) {
            printf(" [%s]", key->fallback);
        }
        printf("\n");
    }
}

void pk_command_help(const struct pk_command *table, const struct pk_command *command)
{
    if (command != NULL) {
        help_command(command);
        return;
    }
    printf("plankarta COMMAND [OPTIONS]\n\n");
    for (; table->name != NULL; table++) {
        printf("  %-10s %s\n", table->name, table->summary);
    }
    printf("\nplankarta help COMMAND tells more, plankarta help settings lists them.\n");
}

/* ---- the command line ---- */

struct reading {
    struct pk_invocation *in;
    struct pk_arena arena;
    struct pk_given *given;
    const char **operands;
    const char **set_names, **set_values; /* settings, applied last */
    uint32_t set_count;
    const char *config;
    bool help;
};

static bool names_alike(const char *a, const char *b, size_t b_len)
{
    for (size_t i = 0; i < b_len; i++) {
        char x = a[i] == '_' ? '-' : a[i], y = b[i] == '_' ? '-' : b[i];
        if (x == '\0' || x != y) {
            return false;
        }
    }
    return a[b_len] == '\0';
}

static const struct pk_command_option *find_option(const struct pk_command *command,
                                                   const char *name, size_t len)
{
    const struct pk_command_option *o = command->options;
    for (; o != NULL && o->name != NULL; o++) {
        if (names_alike(o->name, name, len)) {
            return o;
        }
    }
    return NULL;
}

/* The setting's name as the table writes it: '-' may stand for '_'. */
static const char *setting_name(struct pk_arena *arena, const char *name, size_t len)
{
    char *copy = pk_arena_strndup(arena, name, len);
    for (char *p = copy; *p != '\0'; p++) {
        *p = *p == '-' ? '_' : *p;
    }
    return pk_opts_key(copy) != NULL ? copy : NULL;
}

/* Value of an option: after '=', or the next argument. NULL = there is none. */
static const char *take_value(char **argv, int argc, int *at, const char *equals)
{
    if (equals != NULL) {
        return equals + 1;
    }
    if (*at + 1 >= argc || strncmp(argv[*at + 1], "--", 2) == 0) {
        return NULL;
    }
    return argv[++*at];
}

static int read_option(struct reading *r, char **argv, int argc, int *at)
{
    const char *arg = argv[*at], *name = arg + (arg[1] == '-' ? 2 : 1);
    const char *equals = strchr(name, '=');
    size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct pk_command_option *option = find_option(r->in->command, name, len);
    const char *setting = NULL;
    if (option == NULL && len == 4 && memcmp(name, "help", 4) == 0) {
        r->help = true;
        return 0;
    }
    bool is_config = option == NULL && len == 6 && memcmp(name, "config", 6) == 0;
    if (option == NULL && !is_config && arg[1] == '-') {
        setting = setting_name(&r->arena, name, len);
    }
    if (option == NULL && setting == NULL && !is_config) {
        return pk_command_fail(r->in, PK_EXIT_USAGE, "there is no option %s", arg);
    }
    const char *value = NULL;
    if (option == NULL || option->value != NULL) {
        value = take_value(argv, argc, at, equals);
        if (value == NULL) {
            return pk_command_fail(r->in, PK_EXIT_USAGE, "%s needs a value", arg);
        }
    } else if (equals != NULL) {
        return pk_command_fail(r->in, PK_EXIT_USAGE, "--%s takes no value", option->name);
    }
    if (option != NULL) {
        r->given[r->in->given_count++] = (struct pk_given){option, value};
    } else if (is_config) {
        r->config = value;
    } else {
        r->set_names[r->set_count] = setting;
        r->set_values[r->set_count++] = value;
    }
    return 0;
}

static int read_arguments(struct reading *r, int argc, char **argv)
{
    bool options = true;
    for (int i = 2; i < argc; i++) {
        const char *arg = argv[i];
        int code = 0;
        if (options && strcmp(arg, "--") == 0) {
            options = false;
        } else if (options && arg[0] == '-' && arg[1] != '\0') {
            code = read_option(r, argv, argc, &i);
        } else {
            r->operands[r->in->operand_count++] = arg;
        }
        if (code != 0) {
            return code;
        }
    }
    const struct pk_command *command = r->in->command;
    if (r->help) {
        return 0;
    }
    if (r->in->operand_count < command->operands_min) {
        return pk_command_fail(r->in, PK_EXIT_USAGE,
                               "something is missing: plankarta %s %s", command->name,
                               command->forms);
    }
    if (r->in->operand_count > command->operands_max) {
        return pk_command_fail(r->in, PK_EXIT_USAGE, "\"%s\" is one argument too many",
                               r->operands[command->operands_max]);
    }
    return 0;
}

static int read_settings(struct reading *r)
{
    struct pk_error err = {0};
    const char *path = r->config != NULL ? r->config : getenv("PLANKARTA_CONFIG");
    enum pk_status status = PK_OK;
    if (path != NULL) {
        status = pk_opts_read_file(r->in->opts, path, &err);
    } else if (access(default_config, F_OK) == 0) {
        status = pk_opts_read_file(r->in->opts, default_config, &err);
    }
    if (status == PK_OK) {
        status = pk_opts_read_env(r->in->opts, (const char *const *)environ, &err);
    }
    for (uint32_t i = 0; i < r->set_count && status == PK_OK; i++) {
        status = pk_opts_set(r->in->opts, r->set_names[i], r->set_values[i],
                             "command line", &err);
    }
    if (status != PK_OK) {
        return pk_command_fail(r->in, PK_EXIT_USAGE, "%s", err.text);
    }
    int level = pk_log_level_of(pk_opts_text(r->in->opts, "log.level"));
    pk_log_set_level((enum pk_log_level)level);
    return 0;
}

static int run(struct reading *r, int argc, char **argv)
{
    struct pk_invocation *in = r->in;
    size_t n = (size_t)argc + 1;
    r->given = pk_arena_alloc(&r->arena, n, sizeof(*r->given));
    r->operands = pk_arena_alloc(&r->arena, n, sizeof(*r->operands));
    r->set_names = pk_arena_alloc(&r->arena, n, sizeof(*r->set_names));
    r->set_values = pk_arena_alloc(&r->arena, n, sizeof(*r->set_values));
    in->given = r->given;
    in->operands = r->operands;
    int code = read_arguments(r, argc, argv);
    if (code == 0 && r->help) {
        pk_command_help(in->table, in->command);
        return 0;
    }
    if (code == 0) {
        code = read_settings(r);
    }
    return code != 0 ? code : in->command->run(in);
}

static int help_main(const struct pk_command *table, int argc, char **argv)
{
    struct pk_invocation in = {.table = table};
    if (argc > 2 && strcmp(argv[2], "settings") == 0) {
        help_settings();
        return PK_EXIT_OK;
    }
    const struct pk_command *command = NULL;
    if (argc > 2 && (command = pk_command_find(table, argv[2])) == NULL) {
        return pk_command_fail(&in, PK_EXIT_USAGE, "there is no command \"%.60s\"",
                               argv[2]);
    }
    pk_command_help(table, command);
    return PK_EXIT_OK;
}

int pk_command_main(const struct pk_command *table, int argc, char **argv)
{
    struct pk_invocation in = {.argv = argv, .table = table};
    if (argc > PK_ARGS_MAX) {
        return pk_command_fail(&in, PK_EXIT_USAGE, "more than %d arguments", PK_ARGS_MAX);
    }
    if (argc < 2) {
        pk_command_help(table, NULL);
        return PK_EXIT_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0) {
        return help_main(table, argc, argv);
    }
    in.command = pk_command_find(table, argv[1]);
    if (in.command == NULL) {
        return pk_command_fail(&in, PK_EXIT_USAGE,
                               "there is no command \"%.60s\"; plankarta help lists them",
                               argv[1]);
    }
    in.opts = pk_opts_create();
    struct reading reading = {.in = &in};
    int code = run(&reading, argc, argv);
    pk_opts_destroy(in.opts);
    pk_arena_finish(&reading.arena);
    return code;
}
