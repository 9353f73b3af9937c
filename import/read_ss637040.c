#include "import/read_ss637040.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "import/plan_record.h"
#include "import/recognise.h"
#include "import/shape.h"
#include "import/ss_codes.h"
#include "import/ss_private.h"

enum { PK_SS_MONTHS_MAX = 1200 };

/* A plan being read: its regulations by identity, to be written when all uses have
 * said what regulates them. */
struct ss_regulation {
    const char *ref;
    json_t *record; /* REGULATION */
    struct pk_geom *geoms;
    json_t **parts; /* REG_PART of each geometry */
    char **areas;   /* what each part was made of, to know it again */
    size_t part_count, part_cap;
    bool refused;
};

struct ss_plan {
    struct ss_file *file;
    struct pk_source *src;
    const xmlNode *node;
    const char *id, *name;
    int epsg;
    bool turned;
    struct ss_regulation *regs;
    size_t count, cap;
    json_t *by_ref; /* ref -> index */
    unsigned read, merged, refused;
};

static const char *const kinds[] = {"användningsbestämmelse", "egenskapsbestämmelse",
                                    "administrativ bestämmelse"};
enum { USE, PROPERTY, ADMINISTRATIVE };

/* --- text members --- */

static void copy(json_t *out, const char *key, const char *text)
{
    if (text != NULL) {
        json_object_set_new(out, key, json_string(text));
    }
}

/* Everything simple that the file says and we have no other name for. */
static void copy_rest(struct pk_source *src, json_t *out, const xmlNode *node)
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
            copy(out, (const char *)c->name, text);
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
    copy(label, "text", text);
    return label;
}

/* --- values --- */

static json_t *values_of(struct pk_source *src, const xmlNode *node,
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
            copy(value, "beskrivning", ss_child_text(src, v, "namn"));
            copy(value, "variabelvarde", ss_child_text(src, v, "varde"));
            copy(value, "datatyp", number ? "decimaltal" : "text");
            copy(value, "vardetyp", code && number ? code->value_kind : NULL);
            copy(value, "enhet", code && number ? code->unit : NULL);
            copy_rest(src, value, v);
            json_object_del(value, "namn");
            json_object_del(value, "varde");
            json_array_append_new(list, value);
        }
    }
    return list;
}

static const char *first_value(const json_t *values)
{
    return json_string_value(json_object_get(json_array_get(values, 0), "variabelvarde"));
}

/* The file's own wording, else that of the code with its value put in. */
static const char *wording_of(struct pk_source *src, const xmlNode *node,
                              const struct pk_ss_code *code, const json_t *values)
{
    static const char *const own[] = {"formulering", "bestammelseformulering",
                                      "precisering", "fritext"};
    const char *value = first_value(values), *slot;

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
        ss_child_text(src, node, kind == USE ? "anvandningsslag" : "bestammelsetyp");

    if (code == NULL && strncmp((const char *)node->name, "DP_PO_", 6) == 0) {
        code = (const char *)node->name; /* some writers name the element by its code */
    }
    const struct pk_ss_code *known = pk_ss_code_find(code);
    json_t *values = values_of(src, node, known);
    copy(out, "ref", ref);
    copy(out, "objektidentitet", uuid);
    copy(out, "plan", plan->id);
    copy(out, "kind", kinds[kind]);
    copy(out, "bestammelsekod", code);
    copy(out, "beteckning", ss_child_text(src, node, "beteckning"));
    copy(out, "index", ss_child_text(src, node, "index"));
    copy(out, "bestammelseformulering", wording_of(src, node, known, values));
    const char *main_use = ss_child_text(src, node, "huvudsaklig");
    if (main_use != NULL) {
        json_object_set_new(
            out, "huvudsaklig",
            json_boolean(strcmp(main_use, "true") == 0 || strcmp(main_use, "1") == 0));
    }
    json_object_set_new(out, "bestammelsevarde", values);
    copy_rest(src, out, node);
    json_object_del(out, "uuid");
    json_object_del(out, "rotation");
    json_object_del(out, "bestammelseid"); /* another under each use */
    json_object_del(out, "anvandningsslag");
    json_object_del(out, "bestammelsetyp");
    if (kind == USE) {
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
        ss_child_text(src, node, kind == USE ? "anvandningsslag" : "bestammelsetyp");
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
static void add_parts(struct ss_plan *plan, struct ss_regulation *reg,
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
    add_parts(plan, reg, &g, arcs, ground, label);
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
static const char *take_regulation(struct ss_plan *plan, const xmlNode *node, int kind,
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
    if (kind != USE) {
        regulates(reg->record, use, plan->id);
    }
    return reg->ref;
}

static const xmlNode *first_element(const xmlNode *node)
{
    const xmlNode *c = node->children;

    while (c != NULL && c->type != XML_ELEMENT_NODE) {
        c = c->next;
    }
    return c;
}

/* --- the plan --- */

static int kind_of_member(const xmlNode *member)
{
    const xmlNode *object = first_element(member);

    if (object == NULL) {
        return -1;
    }
    if (ss_is(member, "anvandningsbestammelse")) {
        return USE;
    }
    if (ss_is(member, "egenskapsbestammelse")) {
        return PROPERTY;
    }
    if (ss_is(member, "administrativBestammelse")) {
        return ADMINISTRATIVE;
    }
    if (ss_is(member, "generellPlanbestammelse")) {
        return ss_is(object, "DP_Egenskapsbestammelse") ? PROPERTY : ADMINISTRATIVE;
    }
    return -1;
}

/* Years in the file, months in ours. */
static void implementation_time(struct ss_plan *plan, json_t *record, const xmlNode *node)
{
    const char *code = ss_child_text(plan->src, node, "bestammelsetyp");
    const char *text = ss_child_text(plan->src, node, "genomforandetid");
    double years;

    if (code == NULL) {
        code = (const char *)node->name;
    }
    if (!pk_ss_is_implementation_time(code)) {
        return;
    }
    if (text == NULL) {
        json_t *values = values_of(plan->src, node, NULL);
        text = first_value(values)
                   ? pk_arena_strdup(&plan->src->keep, first_value(values))
                   : NULL;
        json_decref(values);
    }
    if (text != NULL && pk_parse_all_double(text, &years) && years > 0 &&
        years * 12 <= PK_SS_MONTHS_MAX) {
        json_object_set_new(record, "genomforandetid",
                            json_integer((json_int_t)(years * 12 + 0.5)));
    }
}

static void read_members(struct ss_plan *plan)
{
    for (const xmlNode *m = plan->node->children; m != NULL; m = m->next) {
        int kind = m->type == XML_ELEMENT_NODE ? kind_of_member(m) : -1;
        if (kind < 0) {
            continue;
        }
        const xmlNode *object = first_element(m);
        if (kind == ADMINISTRATIVE) {
            if (ss_child(object, "omrade") == NULL && ss_child(object, "grans") == NULL &&
                ss_child(object, "punkt") == NULL &&
                ss_child(object, "genomforandetid") != NULL) {
                continue; /* only the time, which the plan has now */
            }
        }
        const char *ref = take_regulation(plan, object, kind, NULL);
        for (const xmlNode *c = kind == USE ? object->children : NULL; c; c = c->next) {
            int inner = c->type == XML_ELEMENT_NODE ? kind_of_member(c) : -1;
            if (inner == PROPERTY || inner == ADMINISTRATIVE) {
                take_regulation(plan, first_element(c), inner, ref);
            }
        }
    }
}

static json_t *plan_record(struct ss_plan *plan, const char *uuid)
{
    static const struct {
        const char *theirs, *ours;
    } names[] = {
        {"planid",         "beteckning"    },
        {"plannamn",       "namn"          },
        {"kommun",         "kommunkod"     },
        {"syfte",          "syfte"         },
        {"antagandedatum", "datumAntagande"},
        {"lagakraftdatum", "datumLagakraft"},
    };
    json_t *out = json_object();

    copy(out, "ref", plan->id);
    copy(out, "objektidentitet", uuid);
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        copy(out, names[i].ours, ss_child_text(plan->src, plan->node, names[i].theirs));
    }
    const char *type = ss_child_text(plan->src, plan->node, "plantyp");
    copy(out, "typ", pk_ss_plan_type(type));
    const char *proposal = ss_child_text(plan->src, plan->node, "forslag");
    if (proposal != NULL &&
        (strcmp(proposal, "true") == 0 || strcmp(proposal, "1") == 0)) {
        copy(out, "status", "påbörjad"); /* the least that a proposal is */
    }
    copy_rest(plan->src, out, plan->node);
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        if (strcmp(names[i].theirs, names[i].ours) != 0) {
            json_object_del(out, names[i].theirs);
        }
    }
    json_object_del(out, "uuid");
    const char *registered = ss_child_text(plan->src, plan->node, "registreringsdatum");
    const char *date = pk_record_date(plan->src, registered);
    copy(out, "registreringsdatum", date);
    return out;
}

static void plan_fault(struct ss_plan *plan, const char *rule, const char *stops,
                       const char *text)
{
    pk_source_finding(plan->src, "plan",
                      &(struct pk_finding){.rule = rule,
                                           .severity = stops ? PK_ERROR : PK_WARNING,
                                           .object = plan->name,
                                           .place = ss_place(plan->src, plan->node),
                                           .stops = stops,
                                           .text = text});
}

/* The plan's own ground; also settles which axis comes first. */
static bool plan_geometry(struct ss_plan *plan, struct pk_geom *out, bool *arcs)
{
    struct ss_place_of where = {"plan", plan->name, plan->epsg, plan->turned};
    bool swapped;

    if (!ss_geometry(out, arcs, plan->file, plan->node, &where)) {
        plan_fault(plan, "P-GEOM", "unreadable",
                   pk_source_text(plan->src, PK_MSG_IMPORT_NO_GEOMETRY, NULL));
        return false;
    }
    if (pk_source_in_reach(plan->src, out, plan->epsg, &swapped)) {
        return true;
    }
    if (swapped && !plan->turned) {
        plan->turned = true;
        plan_fault(plan, "P-CRS", NULL,
                   pk_source_text(plan->src, PK_MSG_IMPORT_AXES_TURNED, NULL));
        return plan_geometry(plan, out, arcs);
    }
    return true; /* the writer tells where it lies */
}

static int plan_crs(struct ss_plan *plan, const xmlNode *root)
{
    const char *name = ss_child_text(plan->src, plan->node, "koordinatsystem");
    const xmlNode *envelope = ss_child(ss_child(root, "boundedBy"), "Envelope");

    if (name == NULL) {
        name = ss_attribute(plan->src, envelope, "srsName");
    }
    int epsg = name ? pk_crs_of_name(name) : 0;
    if (epsg == 0) {
        plan_fault(plan, "P-CRS", "unreadable",
                   pk_source_text(plan->src, PK_MSG_IMPORT_CRS_UNKNOWN, "crs",
                                  name ? name : "-", NULL));
    }
    return epsg;
}

static void write_plan(struct ss_plan *plan, json_t *record, const struct pk_geom *ground,
                       bool arcs)
{
    struct ss_regulation whole = {.ref = plan->id};

    pk_record_lift(plan->src, record);
    pk_stream_put(plan->src->out, PK_REC_PLAN, record, NULL);
    add_parts(plan, &whole, ground, arcs, NULL, NULL);
    for (size_t i = 0; i < whole.part_count; i++) {
        json_object_del(whole.parts[i], "regulation");
        json_object_set_new(whole.parts[i], "plan", json_string(plan->id));
        pk_stream_put(plan->src->out, PK_REC_PLAN_PART, whole.parts[i], &whole.geoms[i]);
    }
}

static void write_regulations(struct ss_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct ss_regulation *r = &plan->regs[i];
        if (r->refused) {
            json_decref(r->record);
            continue;
        }
        pk_stream_put(plan->src->out, PK_REC_REGULATION, r->record, NULL);
        for (size_t k = 0; k < r->part_count; k++) {
            pk_stream_put(plan->src->out, PK_REC_REG_PART, r->parts[k], &r->geoms[k]);
        }
    }
}

static unsigned count_regulations(const xmlNode *node)
{
    unsigned n = 0;

    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        if (c->type == XML_ELEMENT_NODE) {
            n += kind_of_member(c) >= 0;
            n += count_regulations(c);
        }
    }
    return n;
}

/* Returns true when the plan was written; joins its box to *all. */
static bool read_plan(struct ss_file *file, const xmlNode *node, const xmlNode *root,
                      struct pk_box *all, int *epsg, bool *turned)
{
    struct ss_plan plan = {.file = file, .src = file->src, .node = node};
    struct pk_geom ground;
    bool changed, arcs, written = false;

    const char *uuid =
        pk_record_uuid(file->src, ss_child_text(file->src, node, "uuid"), &changed);
    const char *key = ss_child_text(file->src, node, "planid");
    const char *code = ss_child_text(file->src, node, "kommun");
    plan.name = key ? key : uuid;
    plan.id = uuid  ? uuid
              : key ? pk_arena_printf(&file->src->keep, "%s|%s", code ? code : "", key)
                    : NULL;
    if (plan.id == NULL) {
        plan_fault(&plan, "P-REF", "identity",
                   pk_source_text(file->src, PK_MSG_IMPORT_NO_ID, NULL));
        goto done;
    }
    plan.epsg = plan_crs(&plan, root);
    if (plan.epsg == 0 || !plan_geometry(&plan, &ground, &arcs)) {
        goto done;
    }
    plan.by_ref = json_object();
    json_t *record = plan_record(&plan, uuid);
    for (const xmlNode *m = node->children; m != NULL; m = m->next) {
        if (m->type == XML_ELEMENT_NODE && kind_of_member(m) == ADMINISTRATIVE) {
            implementation_time(&plan, record, first_element(m));
        }
    }
    write_plan(&plan, record, &ground, arcs); /* before what is found of its members */
    read_members(&plan);
    write_regulations(&plan);
    *all = pk_box_join(*all, pk_geom_box(&ground));
    *epsg = plan.epsg;
    *turned = plan.turned;
    json_decref(plan.by_ref);
    written = true;
done:
    pk_source_count(file->src, "plan", 1, 0, written ? 0 : 1);
    if (written) {
        pk_source_count(file->src, "regulation", plan.read, plan.merged, plan.refused);
    } else {
        unsigned n = count_regulations(node);
        pk_source_count(file->src, "regulation", n, 0, n);
    }
    pk_arena_reset(&file->src->arena);
    return written;
}

static void silent(void *context, const char *text, ...)
{
    (void)context;
    (void)text;
}

static xmlDocPtr parse(const char *data, size_t len, enum pk_lang lang,
                       struct pk_error *err)
{
    char line[24];

    if (len > PK_SOURCE_TEXT_MAX) {
        pk_fail(err, PK_LIMIT, "%zu bytes of XML are more than %d", len,
                PK_SOURCE_TEXT_MAX);
        return NULL;
    }
    xmlSetGenericErrorFunc(NULL, silent);
    /* No entity is replaced, nothing is fetched; libxml2's own limits stand: depth
     * 256, texts of 10 MB. */
    xmlDocPtr doc =
        xmlReadMemory(data, (int)len, NULL, NULL,
                      XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_NOERROR |
                          XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES);
    if (doc == NULL) {
        const xmlError *why = xmlGetLastError();
        snprintf(line, sizeof(line), "%d", why ? why->line : 0);
        pk_say(err, PK_BAD_INPUT, lang, PK_MSG_IMPORT_XML_BROKEN, "line", line, NULL);
    } else if (doc->intSubset != NULL || doc->extSubset != NULL) {
        pk_say(err, PK_BAD_INPUT, lang, PK_MSG_IMPORT_DOCTYPE, NULL);
        xmlFreeDoc(doc);
        doc = NULL;
    }
    return doc;
}

enum pk_status pk_read_ss637040(struct pk_source *src, const char *data, size_t len,
                                struct pk_error *err)
{
    struct ss_file file = {.src = src};
    struct pk_box all = PK_BOX_EMPTY;
    struct pk_error why = {PK_BAD_INPUT, ""};
    enum pk_status status;
    bool turned = false;
    int epsg = 0;
    xmlDocPtr doc = parse(data, len, src->lang, &why);

    if (doc == NULL) {
        return pk_fail(err, why.code, "%s", why.text);
    }
    const xmlNode *root = xmlDocGetRootElement(doc);
    file.by_id = json_object();
    pk_source_begin(src, pk_format_name(PK_FORMAT_SS637040),
                    doc->encoding ? (const char *)doc->encoding : "UTF-8", NULL);
    status = ss_collect(&file, root, err);
    size_t plans = 0, done = 0;
    for (const xmlNode *c = root->children; c != NULL; c = c->next) {
        plans += ss_is(c, "plan");
    }
    for (const xmlNode *c = root->children; status == PK_OK && c != NULL; c = c->next) {
        const xmlNode *plan = ss_is(c, "plan") ? ss_child(c, "DP_Plan") : NULL;
        if (plan != NULL) {
            read_plan(&file, plan, root, &all, &epsg, &turned);
            pk_source_progress(src, (double)++done / (double)plans);
        }
    }
    if (status == PK_OK && plans == 0) {
        status = pk_say(err, PK_BAD_INPUT, src->lang, PK_MSG_IMPORT_NO_PLANS, NULL);
    }
    if (status == PK_OK) {
        ss_unused_edges(&file, all, epsg, turned);
    }
    json_decref(file.by_id);
    xmlFreeDoc(doc);
    return status;
}
