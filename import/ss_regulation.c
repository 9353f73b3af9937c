/* ss_regulation.c - regulations of SS 637040: repeated under every use they regulate,
 * one record each with all its uses and all its ground. */
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "import/plan_record.h"
#include "import/shape.h"
#include "import/ss_codes.h"
#include "import/ss_private.h"

static const char *const kinds[] = {"användningsbestämmelse", "egenskapsbestämmelse",
                                    "administrativ bestämmelse"};

/* --- text members --- */

void ss_copy(json_t *out, const char *key, const char *text)
{
    if (text != NULL) {
        json_object_set_new(out, key, json_string(text));
    }
}

/* Everything simple that the file says and we have no other name for. */
void ss_copy_rest(struct pk_source *src, json_t *out, const xmlNode *node)
{
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        if (c->type != XML_ELEMENT_NODE) {
            continue;
        }
        bool simple = true;
        for (const xmlNode *k = c->children; k != NULL; k = k->next) {
            simple = simple && k->type != XML_ELEMENT_NODE;
        }
        const char *text = simple ? ss_text(src, c) : NULL;
        if (text != NULL && json_object_get(out, (const char *)c->name) == NULL) {
            ss_copy(out, (const char *)c->name, text);
        }
    }
}

/* Letters with the index as a subscript: "e₁". */
static const char *label_text(struct pk_source *src, const char *letter,
                              const char *index)
{
    struct pk_buf buf;
    const char *text;

    pk_buf_init(&buf, 256);
    pk_buf_adds(&buf, letter ? letter : "");
    for (const char *p = index ? index : ""; *p; p++) {
        if (*p >= '0' && *p <= '9') {
            pk_buf_addf(&buf, "\xe2\x82%c", 0x80 + (*p - '0'));
        } else {
            pk_buf_addc(&buf, *p);
        }
    }
    text = buf.len ? pk_arena_strdup(&src->keep, buf.data) : NULL;
    pk_buf_finish(&buf);
    return text;
}

static json_t *label_of(struct ss_plan *plan, const xmlNode *node)
{
    double p[2], rotation = 0;
    const char *turn = ss_child_text(plan->src, node, "rotation");

    if (!ss_position(ss_child(node, "insattning"), p)) {
        return NULL;
    }
    if (turn != NULL) {
        (void)pk_parse_all_double(turn, &rotation);
    }
    json_t *label = json_pack("{sfsfsf}", "x", p[!plan->turned], "y", p[plan->turned],
                              "rotation", rotation);
    const char *text = label_text(plan->src, ss_child_text(plan->src, node, "beteckning"),
                                  ss_child_text(plan->src, node, "index"));
    ss_copy(label, "text", text);
    return label;
}

/* --- values --- */

json_t *ss_values(struct pk_source *src, const xmlNode *node,
                  const struct pk_ss_code *code)
{
    json_t *list = json_array();

    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        for (const xmlNode *v = ss_is(c, "variabel") ? c->children : NULL; v;
             v = v->next) {
            if (v->type != XML_ELEMENT_NODE ||
                strncmp((const char *)v->name, "DP_Var", 6) != 0) {
                continue;
            }
            json_t *value = json_object();
            bool number = !ss_is(v, "DP_VarText");
            ss_copy(value, "beskrivning", ss_child_text(src, v, "namn"));
            ss_copy(value, "variabelvarde", ss_child_text(src, v, "varde"));
            ss_copy(value, "datatyp", number ? "decimaltal" : "text");
            ss_copy(value, "vardetyp", code && number ? code->value_kind : NULL);
            ss_copy(value, "enhet", code && number ? code->unit : NULL);
            ss_copy_rest(src, value, v);
            json_object_del(value, "namn");
            json_object_del(value, "varde");
            json_array_append_new(list, value);
        }
    }
    return list;
}

const char *ss_first_value(const json_t *values)
{
    return json_string_value(json_object_get(json_array_get(values, 0), "variabelvarde"));
}

/* The file's own wording, else that of the code with its value put in. */
static const char *wording_of(struct pk_source *src, const xmlNode *node,
                              const struct pk_ss_code *code, const json_t *values)
{
    static const char *const own[] = {"formulering", "bestammelseformulering",
                                      "precisering", "fritext"};
    const char *value = ss_first_value(values), *slot;

    for (size_t i = 0; i < PK_COUNT(own); i++) {
        const char *text = ss_child_text(src, node, own[i]);
        if (text != NULL) {
            return text;
        }
    }
    if (code == NULL) {
        return NULL;
    }
    slot = strstr(code->wording, "{}");
    if (slot == NULL) {
        return code->wording;
    }
    return value ? pk_arena_printf(&src->keep, "%.*s%s%s", (int)(slot - code->wording),
                                   code->wording, value, slot + 2)
                 : NULL;
}

/* --- regulations --- */

static json_t *regulation_record(struct ss_plan *plan, const xmlNode *node, int kind,
                                 const char *ref, const char *uuid)
{
    struct pk_source *src = plan->src;
    json_t *out = json_object();
    const char *code =
        ss_child_text(src, node, kind == SS_USE ? "anvandningsslag" : "bestammelsetyp");

    if (code == NULL && strncmp((const char *)node->name, "DP_PO_", 6) == 0) {
        code = (const char *)node->name; /* some writers name the element by its code */
    }
    const struct pk_ss_code *known = pk_ss_code_find(code);
    json_t *values = ss_values(src, node, known);
    ss_copy(out, "ref", ref);
    ss_copy(out, "objektidentitet", uuid);
    ss_copy(out, "plan", plan->id);
    ss_copy(out, "kind", kinds[kind]);
    ss_copy(out, "bestammelsekod", code);
    ss_copy(out, "beteckning", ss_child_text(src, node, "beteckning"));
    ss_copy(out, "index", ss_child_text(src, node, "index"));
    ss_copy(out, "bestammelseformulering", wording_of(src, node, known, values));
    const char *main_use = ss_child_text(src, node, "huvudsaklig");
    if (main_use != NULL) {
        json_object_set_new(
            out, "huvudsaklig",
            json_boolean(strcmp(main_use, "true") == 0 || strcmp(main_use, "1") == 0));
    }
    json_object_set_new(out, "bestammelsevarde", values);
    ss_copy_rest(src, out, node);
    json_object_del(out, "uuid");
    json_object_del(out, "rotation");
    json_object_del(out, "bestammelseid"); /* another under each use */
    json_object_del(out, "anvandningsslag");
    json_object_del(out, "bestammelsetyp");
    if (kind == SS_USE) {
        json_object_del(out, "egenskapsbestammelse");
    }
    return out;
}

static const char *object_name(struct pk_source *src, const xmlNode *node)
{
    const char *letter = ss_child_text(src, node, "beteckning");
    const char *code = ss_child_text(src, node, "bestammelsetyp");

    if (code == NULL) {
        code = ss_child_text(src, node, "anvandningsslag");
    }
    return letter && code ? pk_arena_printf(&src->keep, "%s (%s)", letter, code)
           : code         ? code
           : letter       ? letter
                          : (const char *)node->name;
}

/* What the node refers to, as one text: the same text is the same ground. */
static char *ground_of(struct pk_source *src, const xmlNode *node)
{
    struct pk_buf buf;
    char *text;

    pk_buf_init(&buf, 1 << 20);
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        const char *href =
            c->type == XML_ELEMENT_NODE ? ss_attribute(src, c, "href") : NULL;
        double p[2];
        if (href != NULL) {
            pk_buf_addf(&buf, "%s ", href);
        } else if (ss_is(c, "punkt") && ss_position(c, p)) {
            pk_buf_addf(&buf, "%.4f,%.4f ", p[0], p[1]);
        }
    }
    text = pk_arena_strdup(&src->keep, buf.data);
    pk_buf_finish(&buf);
    return text;
}

static const char *key_of(struct ss_plan *plan, const xmlNode *node, int kind,
                          const char **uuid)
{
    struct pk_source *src = plan->src;
    bool changed;

    *uuid = pk_record_uuid(src, ss_child_text(src, node, "uuid"), &changed);
    if (*uuid != NULL) {
        return *uuid;
    }
    const char *letter = ss_child_text(src, node, "beteckning");
    const char *index = ss_child_text(src, node, "index");
    const char *code =
        ss_child_text(src, node, kind == SS_USE ? "anvandningsslag" : "bestammelsetyp");
    return pk_arena_printf(&src->keep, "%s|%s|%s|%s|%s|%s", plan->id, kinds[kind],
                           letter ? letter : "", index ? index : "", code ? code : "",
                           ground_of(src, node));
}

static struct ss_regulation *new_regulation(struct ss_plan *plan, const char *ref)
{
    if (plan->count == plan->cap) {
        size_t cap = plan->cap ? plan->cap * 2 : 32;
        struct ss_regulation *regs = pk_arena_alloc(&plan->src->keep, cap, sizeof(*regs));
        if (plan->count) {
            memcpy(regs, plan->regs, plan->count * sizeof(*regs));
        }
        plan->regs = regs;
        plan->cap = cap;
    }
    json_object_set_new(plan->by_ref, ref, json_integer((json_int_t)plan->count));
    plan->regs[plan->count] = (struct ss_regulation){.ref = ref};
    return &plan->regs[plan->count++];
}

/* A geometry as parts, one polygon each, appended to the regulation. Vertices lie in
 * the object's arena, which lives until the plan is written. */
void ss_add_parts(struct ss_plan *plan, struct ss_regulation *reg,
                  const struct pk_geom *g, bool arcs, char *ground, json_t *label)
{
    uint32_t parts = g->kind == PK_GEOM_AREA ? 0 : 1;

    for (uint32_t i = 0; g->kind == PK_GEOM_AREA && i < g->ring_count; i++) {
        parts += g->rings[i].role == PK_RING_OUTER;
    }
    size_t total = reg->part_count, cap = total + parts;
    struct pk_geom *geoms = pk_arena_alloc(&plan->src->arena, cap, sizeof(*geoms));
    json_t **records = pk_arena_alloc(&plan->src->arena, cap, sizeof(*records));
    char **areas = pk_arena_alloc(&plan->src->arena, cap, sizeof(*areas));
    for (size_t i = 0; i < reg->part_count; i++) {
        geoms[i] = reg->geoms[i];
        records[i] = reg->parts[i];
        areas[i] = reg->areas[i];
    }
    for (uint32_t i = 0; i < parts; i++) {
        size_t at = total;
        struct pk_geom view = g->kind == PK_GEOM_AREA ? pk_rings_part(g, i) : *g;
        struct pk_geom_builder *b = pk_geom_begin(&plan->src->arena, view.kind, false);
        for (uint32_t r = 0; r < view.ring_count; r++) {
            pk_geom_ring(b, view.rings[r].role);
            for (uint32_t v = 0; v < view.rings[r].count; v++) {
                const double *p = view.xy + 2 * (size_t)(view.rings[r].first + v);
                pk_geom_vertex(b, p[0], p[1], 0);
            }
        }
        if (pk_geom_done(&geoms[at], b, NULL) != PK_OK) {
            continue;
        }
        records[at] = json_pack("{sssisi}", "regulation", reg->ref, "part", (int)at + 1,
                                "crs", plan->epsg);
        if (label != NULL && i == 0) {
            json_object_set(records[at], "label", label);
        }
        if (arcs) {
            json_object_set_new(records[at], "curve_tolerance_m",
                                json_real(PK_CURVE_TOLERANCE_M));
        }
        areas[at] = ground;
        total++;
    }
    reg->geoms = geoms;
    reg->parts = records;
    reg->areas = areas;
    reg->part_count = total;
}

static bool knows_ground(const struct ss_regulation *reg, const char *ground)
{
    for (size_t i = 0; i < reg->part_count; i++) {
        if (strcmp(reg->areas[i], ground) == 0) {
            return true;
        }
    }
    return false;
}

static bool take_geometry(struct ss_plan *plan, struct ss_regulation *reg,
                          const xmlNode *node, char *ground)
{
    struct ss_place_of where = {"regulation", object_name(plan->src, node), plan->epsg,
                                plan->turned};
    struct pk_geom g;
    bool arcs;

    if (!ss_geometry(&g, &arcs, plan->file, node, &where)) {
        pk_source_finding(
            plan->src, "regulation",
            &(struct pk_finding){
                .rule = "P-GEOM",
                .severity = PK_ERROR,
                .object = where.object,
                .place = ss_place(plan->src, node),
                .stops = "unreadable",
                .plan = plan->id,
                .text = pk_source_text(plan->src, PK_MSG_IMPORT_NO_GEOMETRY, NULL)});
        return false;
    }
    json_t *label = label_of(plan, node);
    ss_add_parts(plan, reg, &g, arcs, ground, label);
    json_decref(label);
    return true;
}

static void regulates(json_t *record, const char *use, const char *plan_id)
{
    const char *key = use ? "reglerarAnvandningsbestammelse" : "reglerarDetaljplan";
    json_t *list = json_object_get(record, "reglerarAnvandningsbestammelse");

    if (use == NULL) {
        json_object_set_new(record, key, json_string(plan_id));
        return;
    }
    if (list == NULL) {
        list = json_array();
        json_object_set_new(record, key, list);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (strcmp(json_string_value(json_array_get(list, i)), use) == 0) {
            return;
        }
    }
    json_array_append_new(list, json_string(use));
}

/* A regulation as it stands under `use` (NULL: under the plan). Met again, it is the
 * same one, with one more use, or with one more part where the ground is another. */
const char *ss_take_regulation(struct ss_plan *plan, const xmlNode *node, int kind,
                               const char *use)
{
    const char *uuid, *ref = key_of(plan, node, kind, &uuid);
    const json_t *known = json_object_get(plan->by_ref, ref);
    char *ground = ground_of(plan->src, node);
    struct ss_regulation *reg;

    plan->read++;
    if (known != NULL) {
        reg = &plan->regs[json_integer_value(known)];
        plan->merged++;
        if (!reg->refused && !knows_ground(reg, ground)) {
            (void)take_geometry(plan, reg, node, ground);
        }
    } else {
        reg = new_regulation(plan, ref);
        reg->record = regulation_record(plan, node, kind, ref, uuid);
        reg->refused = !take_geometry(plan, reg, node, ground);
        plan->refused += reg->refused;
    }
    if (kind != SS_USE) {
        regulates(reg->record, use, plan->id);
    }
    return reg->ref;
}

const xmlNode *ss_first_element(const xmlNode *node)
{
    const xmlNode *c = node->children;

    while (c != NULL && c->type != XML_ELEMENT_NODE) {
        c = c->next;
    }
    return c;
}
