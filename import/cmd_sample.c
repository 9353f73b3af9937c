/* cmd_sample.c - the command that makes a fictional municipality. */
#include "import/cmd_sample.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/parse.h"
#include "import/sample.h"
#include "import/sample_gpkg.h"

enum {
    PLANS_PER_FILE = 100,
    FILE_BYTES_MAX = 256 * 1024 * 1024,
    GML_PER_FOLDER = 1000,
    OVERLAY_EVERY = 17 /* every 17th plan lies over two older ones */
};

const struct pk_command_option pk_sample_options[] = {
    {"out",   "DIR", "folder to fill; made when it is not there"},
    {"seed",  "N",   "which municipality (1)"                   },
    {"plans", "N",   "how many plans (300)"                     },
    {NULL,    NULL,  NULL                                       },
};

struct run {
    const char *dir;
    uint64_t seed;
    uint32_t wanted, made;
    struct pk_crs *crs;
    struct pk_arena arena;
    struct pk_sample_gpkg *gpkg;
    struct pk_buf json, gml;
    struct pk_json writer;
    uint32_t in_file, files;
    struct pk_box box;
};

static enum pk_status make_folder(const char *path, struct pk_error *err)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        return pk_fail(err, PK_IO, "%s: %s", path, strerror(errno));
    }
    return PK_OK;
}

static enum pk_status write_file(const char *path, const struct pk_buf *buf,
                                 struct pk_error *err)
{
    if (buf->failed) {
        return pk_fail(err, PK_LIMIT, "%s would be larger than %zu bytes", path,
                       buf->max);
    }
    FILE *f = fopen(path, "wbe");
    if (f == NULL) {
        return pk_fail(err, PK_IO, "%s: %s", path, strerror(errno));
    }
    bool bad = fwrite(buf->data, 1, buf->len, f) != buf->len;
    bad |= fclose(f) != 0;
    return bad ? pk_fail(err, PK_IO, "%s: %s", path, strerror(errno)) : PK_OK;
}

static enum pk_status end_file(struct run *r, struct pk_error *err)
{
    if (r->in_file == 0) {
        return PK_OK;
    }
    pk_json_end(&r->writer);
    pk_json_end(&r->writer);
    pk_buf_addc(&r->json, '\n');
    char path[4096];
    snprintf(path, sizeof(path), "%s/plans/detaljplaner-%05u.json", r->dir, ++r->files);
    r->in_file = 0;
    enum pk_status status = write_file(path, &r->json, err);
    pk_buf_clear(&r->json);
    return status;
}

static enum pk_status put_plan(struct run *r, const struct pk_sample_plan *plan,
                               struct pk_error *err)
{
    if (r->in_file == 0) {
        pk_json_init(&r->writer, &r->json);
        pk_json_object(&r->writer);
        pk_json_member(&r->writer, "type", "FeatureCollection");
        pk_json_member(&r->writer, "feature:mediatyp",
                       "application/vnd.lm.detaljplan.v4+json");
        pk_json_key(&r->writer, "features");
        pk_json_array(&r->writer);
    }
    r->in_file++;
    enum pk_status status = pk_sample_ngp(&r->writer, plan, r->crs, &r->arena, err);
    if (status == PK_OK) {
        status = pk_sample_gpkg_plan(r->gpkg, plan, err);
    }
    if (status == PK_OK) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/ss637040/%03u", r->dir,
                 plan->number / GML_PER_FOLDER);
        status = make_folder(path, err);
        if (status == PK_OK) {
            pk_buf_clear(&r->gml);
            status = pk_sample_gml(&r->gml, plan, r->crs, &r->arena, err);
        }
        if (status == PK_OK) {
            snprintf(path, sizeof(path), "%s/ss637040/%03u/%s.gml", r->dir,
                     plan->number / GML_PER_FOLDER, plan->designation);
            status = write_file(path, &r->gml, err);
        }
    }
    r->box = pk_box_join(r->box, pk_geom_box(&plan->area));
    r->made++;
    if (status == PK_OK && r->in_file == PLANS_PER_FILE) {
        status = end_file(r, err);
    }
    return status;
}

static enum pk_status make_town(struct run *r, const struct pk_sample_town *town,
                                struct pk_error *err)
{
    enum pk_status status = PK_OK;
    struct pk_sample_plan *plan = pk_xmalloc(sizeof(*plan));
    char left_name[32] = "";
    for (int row = 0; row < town->rows && status == PK_OK; row++) {
        struct pk_id left = {{0}};
        for (int column = 0; column < town->columns && status == PK_OK; column++) {
            if (!pk_sample_has_cell(town, column, row) || r->made >= r->wanted) {
                continue;
            }
            pk_arena_reset(&r->arena);
            pk_sample_plan(plan, r->seed, town, column, row, r->made + 1, &r->arena);
            status = put_plan(r, plan, err);
            bool newer = status == PK_OK && r->made < r->wanted &&
                         r->made % OVERLAY_EVERY == 0 && left_name[0] != '\0' &&
                         !pk_id_is_zero(left);
            if (newer) {
                struct pk_sample_plan *over = pk_xmalloc(sizeof(*over));
                pk_sample_overlay(over, r->seed, town, column - 1, row, r->made + 1,
                                  &r->arena);
                over->replaces[0] = left;
                over->replaces[1] = plan->id;
                over->replaces_name[0] = left_name;
                over->replaces_name[1] = plan->designation;
                over->replaces_count = 2;
                status = put_plan(r, over, err);
                free(over);
            }
            left = plan->id;
            memcpy(left_name, plan->designation, sizeof(left_name));
        }
    }
    free(plan);
    return status;
}

static enum pk_status write_text(struct run *r, const char *name, const char *text,
                                 struct pk_error *err)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", r->dir, name);
    pk_buf_clear(&r->gml);
    pk_buf_adds(&r->gml, text);
    return write_file(path, &r->gml, err);
}

static const char mapping[] =
#include "import/sample_mapping.inc"
    ;

static const char settings[] =
    "# En påhittad kommun. A fictional municipality made by `plankarta sample`.\n"
    "name.sv = Fjällnäs (påhittad kommun)\n"
    "name.en = Fjällnäs (fictional municipality)\n"
    "text.start.sv = Allt här är påhittat: platserna, planerna och adresserna finns "
    "inte.\n"
    "text.start.en = Everything here is invented: the places, plans and addresses do not "
    "exist.\n"
    "contact.name = Fjällnäs kommun, plan och bygg\n"
    "contact.email = plan@fjallnas.example\n"
    "municipalities = 9901,9902\n"
    "plans_complete.9901 = 2026-01-01\n"
    "start.crs = 3006\n"
    "start.point = 618000,6928000\n"
    "start.scale = 10000\n";

static enum pk_status make_all(struct run *r, struct pk_error *err)
{
    char path[4096];
    enum pk_status status = make_folder(r->dir, err);
    static const char *const folders[] = {"plans", "ss637040"};
    for (size_t i = 0; i < PK_COUNT(folders) && status == PK_OK; i++) {
        snprintf(path, sizeof(path), "%s/%s", r->dir, folders[i]);
        status = make_folder(path, err);
    }
    if (status == PK_OK) {
        snprintf(path, sizeof(path), "%s/geodata.gpkg", r->dir);
        status = pk_sample_gpkg_open(&r->gpkg, path, err);
    }
    struct pk_sample_town town, next;
    pk_sample_town(&town, r->seed, 0);
    for (uint32_t i = 0; status == PK_OK && r->made < r->wanted; i++) {
        status = make_town(r, &town, err);
        bool last = r->made >= r->wanted;
        pk_sample_town(&next, r->seed, i + 1);
        if (status == PK_OK) {
            status = pk_sample_gpkg_town(r->gpkg, r->seed, &town, last ? NULL : &next,
                                         &r->arena, err);
        }
        r->box = pk_box_join(r->box, (struct pk_box){town.cx - 1500, town.cy - 1500,
                                                     town.cx + 1500, town.cy + 1500});
        town = next;
        if (isatty(STDERR_FILENO)) {
            fprintf(stderr, "\r%u / %u", r->made, r->wanted);
        }
    }
    if (isatty(STDERR_FILENO)) {
        fputc('\n', stderr);
    }
    if (status == PK_OK) {
        status = end_file(r, err);
    }
    if (status == PK_OK) {
        status = pk_sample_gpkg_land(r->gpkg, r->seed, r->box, &r->arena, err);
    }
    if (status == PK_OK) {
        status = write_text(r, "geodata.mapping.json", mapping, err);
    }
    if (status == PK_OK) {
        status = write_text(r, "plankarta.conf", settings, err);
    }
    struct pk_error late;
    enum pk_status closed = pk_sample_gpkg_close(r->gpkg, status == PK_OK ? err : &late);
    return status == PK_OK ? closed : status;
}

int pk_cmd_sample(struct pk_invocation *in)
{
    const char *dir = pk_given_value(in, "out");
    const char *seed_text = pk_given_value(in, "seed");
    const char *plans_text = pk_given_value(in, "plans");
    uint32_t seed = 1, plans = 300;
    if (dir == NULL || dir[0] == '\0') {
        return pk_command_fail(in, PK_EXIT_USAGE, "--out DIR is missing");
    }
    if (seed_text != NULL && !pk_parse_all_u32(seed_text, UINT32_MAX, &seed)) {
        return pk_command_fail(in, PK_EXIT_USAGE, "--seed %s: not a whole number",
                               seed_text);
    }
    if (plans_text != NULL &&
        (!pk_parse_all_u32(plans_text, PK_SAMPLE_PLANS_MAX, &plans) || plans == 0)) {
        return pk_command_fail(in, PK_EXIT_USAGE, "--plans %s: not a number from 1 to %d",
                               plans_text, PK_SAMPLE_PLANS_MAX);
    }
    struct run r = {.dir = dir, .seed = seed, .wanted = plans, .box = PK_BOX_EMPTY};
    pk_buf_init(&r.json, FILE_BYTES_MAX);
    pk_buf_init(&r.gml, FILE_BYTES_MAX);
    r.crs = pk_crs_create();
    struct pk_error err = {0};
    enum pk_status status = make_all(&r, &err);
    pk_crs_destroy(r.crs);
    pk_arena_finish(&r.arena);
    pk_buf_finish(&r.json);
    pk_buf_finish(&r.gml);
    if (status != PK_OK) {
        return pk_command_error(in, &err);
    }
    printf("%u plans in %s\n", r.made, dir);
    return PK_EXIT_OK;
}
