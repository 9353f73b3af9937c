#include "import/read_ss637040.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "import/plan_record.h"
#include "import/recognise.h"
#include "import/ss_codes.h"
#include "import/ss_private.h"

enum { PK_SS_MONTHS_MAX = 1200 };
/* --- the plan --- */

static int kind_of_member(const xmlNode *member)
{
    const xmlNode *object = ss_first_element(member);

    if (object == NULL) {
        return -1;
    }
    if (ss_is(member, "anvandningsbestammelse")) {
        return SS_USE;
    }
    if (ss_is(member, "egenskapsbestammelse")) {
        return SS_PROPERTY;
    }
    if (ss_is(member, "administrativBestammelse")) {
        return SS_ADMINISTRATIVE;
    }
    if (ss_is(member, "generellPlanbestammelse")) {
        return ss_is(object, "DP_Egenskapsbestammelse") ? SS_PROPERTY : SS_ADMINISTRATIVE;
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
        json_t *values = ss_values(plan->src, node, NULL);
        text = ss_first_value(values)
                   ? pk_arena_strdup(&plan->src->keep, ss_first_value(values))
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
        const xmlNode *object = ss_first_element(m);
        if (kind == SS_ADMINISTRATIVE) {
            if (ss_child(object, "omrade") == NULL && ss_child(object, "grans") == NULL &&
                ss_child(object, "punkt") == NULL &&
                ss_child(object, "genomforandetid") != NULL) {
                continue; /* only the time, which the plan has now */
            }
        }
        const char *ref = ss_take_regulation(plan, object, kind, NULL);
        for (const xmlNode *c = kind == SS_USE ? object->children : NULL; c;
             c = c->next) {
            int inner = c->type == XML_ELEMENT_NODE ? kind_of_member(c) : -1;
            if (inner == SS_PROPERTY || inner == SS_ADMINISTRATIVE) {
                ss_take_regulation(plan, ss_first_element(c), inner, ref);
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

    ss_copy(out, "ref", plan->id);
    ss_copy(out, "objektidentitet", uuid);
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        ss_copy(out, names[i].ours,
                ss_child_text(plan->src, plan->node, names[i].theirs));
    }
    const char *type = ss_child_text(plan->src, plan->node, "plantyp");
    ss_copy(out, "typ", pk_ss_plan_type(type));
    const char *proposal = ss_child_text(plan->src, plan->node, "forslag");
    if (proposal != NULL &&
        (strcmp(proposal, "true") == 0 || strcmp(proposal, "1") == 0)) {
        ss_copy(out, "status", "påbörjad"); /* the least that a proposal is */
    }
    ss_copy_rest(plan->src, out, plan->node);
    for (size_t i = 0; i < PK_COUNT(names); i++) {
        if (strcmp(names[i].theirs, names[i].ours) != 0) {
            json_object_del(out, names[i].theirs);
        }
    }
    json_object_del(out, "uuid");
    const char *registered = ss_child_text(plan->src, plan->node, "registreringsdatum");
    const char *date = pk_record_date(plan->src, registered);
    ss_copy(out, "registreringsdatum", date);
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
    ss_add_parts(plan, &whole, ground, arcs, NULL, NULL);
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
        if (m->type == XML_ELEMENT_NODE && kind_of_member(m) == SS_ADMINISTRATIVE) {
            implementation_time(&plan, record, ss_first_element(m));
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
    struct pk_error why = {.code = PK_BAD_INPUT};
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
