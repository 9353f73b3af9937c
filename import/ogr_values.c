/* ogr_values.c - attributes: types, dates, texts in whatever encoding. */
#include <cpl_string.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "import/ogr_private.h"

enum { PK_TEXT_VALUE_MAX = 1 << 20 }; /* bytes of one attribute */

/* UTF-8 whose first or last letter a column of fixed width has cut through: the whole
 * letters that are left. Letters beside the cut must be there, or nothing tells it
 * from another encoding. */
static bool cut_utf8(const char **raw, size_t *len)
{
    const unsigned char *p = (const unsigned char *)*raw;
    size_t from = 0, to = *len, tail = 0;
    bool letters = false;

    while (from < to && from < 3 && (p[from] & 0xC0) == 0x80) {
        from++;
    }
    while (tail < 3 && to > from && (p[to - 1] & 0xC0) == 0x80) {
        to--;
        tail++;
    }
    if (to > from && p[to - 1] >= 0xC0 && tail < 3) {
        size_t whole = p[to - 1] < 0xE0 ? 1 : p[to - 1] < 0xF0 ? 2 : 3;
        if (tail == whole) {
            to += tail;
        } else {
            to--;
        }
    }
    for (size_t i = from; i < to;) {
        size_t n = pk_utf8_valid_at((const char *)p + i);
        if (n == 0 || i + n > to) {
            return false;
        }
        letters = letters || n > 1;
        i += n;
    }
    *raw += from;
    *len = to - from;
    return letters || (from == 0 && *len >= 100); /* a full column of plain letters */
}

const char *ogr_text(struct ogr_text *t, const char *raw, struct pk_arena *arena)
{
    size_t len = raw ? strnlen(raw, PK_TEXT_VALUE_MAX) : 0;
    const char *text;

    if (raw == NULL) {
        return NULL;
    }
    text = pk_arena_strndup(arena, raw, len);
    if (pk_utf8_valid(text) && t->encoding != OGR_ENC_CP1252) {
        return text;
    }
    if (t->encoding != OGR_ENC_CP1252 && cut_utf8(&raw, &len)) {
        t->cut++;
        return pk_arena_strndup(arena, raw, len);
    }
    bool ascii = true;
    for (const char *p = text; *p && ascii; p++) {
        ascii = (unsigned char)*p < 0x80;
    }
    if (ascii) {
        return text;
    }
    text = pk_text_from_cp1252(arena, raw, len);
    if (t->decoded++ == 0) {
        size_t n = 0, step;
        while ((step = pk_utf8_valid_at(text + n)) > 0 && text[n] != '\0' &&
               n + step < sizeof(t->sample)) {
            n += step;
        }
        memcpy(t->sample, text, n);
        t->sample[n] = '\0';
    }
    return text;
}

static json_t *number(double v, uint64_t *not_finite)
{
    if (!isfinite(v)) {
        ++*not_finite;
        return json_null();
    }
    return json_real(v);
}

static json_t *date_of(OGRFeatureH f, int i, bool time)
{
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, zone = 0;
    float s = 0;
    char text[64];

    if (!OGR_F_GetFieldAsDateTimeEx(f, i, &y, &mo, &d, &h, &mi, &s, &zone)) {
        return json_null();
    }
    if (!time) {
        snprintf(text, sizeof(text), "%04d-%02d-%02d", y, mo, d);
    } else {
        snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d%s", y, mo, d, h, mi,
                 (int)s, zone == 100 ? "Z" : "");
    }
    return json_string(text);
}

static json_t *text_list(OGRFeatureH f, int i, struct ogr_text *text,
                         struct pk_arena *arena)
{
    char **items = OGR_F_GetFieldAsStringList(f, i);
    json_t *list = json_array();

    for (; items && *items; items++) {
        json_array_append_new(list, json_string(ogr_text(text, *items, arena)));
    }
    return list;
}

static json_t *value_of(OGRFeatureH f, int i, struct ogr_text *text, uint64_t *not_finite,
                        struct pk_arena *arena)
{
    OGRFieldDefnH defn = OGR_F_GetFieldDefnRef(f, i);
    const int *ints;
    const GIntBig *bigs;
    const double *reals;
    json_t *list;
    int n = 0;

    switch (OGR_Fld_GetType(defn)) {
    case OFTInteger:
    case OFTInteger64:
        if (OGR_Fld_GetSubType(defn) == OFSTBoolean) {
            return json_boolean(OGR_F_GetFieldAsInteger(f, i));
        }
        return json_integer(OGR_F_GetFieldAsInteger64(f, i));
    case OFTReal:
        return number(OGR_F_GetFieldAsDouble(f, i), not_finite);
    case OFTDate:
        return date_of(f, i, false);
    case OFTDateTime:
        return date_of(f, i, true);
    case OFTStringList:
        return text_list(f, i, text, arena);
    case OFTIntegerList:
        list = json_array();
        ints = OGR_F_GetFieldAsIntegerList(f, i, &n);
        for (int k = 0; k < n; k++) {
            json_array_append_new(list, json_integer(ints[k]));
        }
        return list;
    case OFTInteger64List:
        list = json_array();
        bigs = OGR_F_GetFieldAsInteger64List(f, i, &n);
        for (int k = 0; k < n; k++) {
            json_array_append_new(list, json_integer(bigs[k]));
        }
        return list;
    case OFTRealList:
        list = json_array();
        reals = OGR_F_GetFieldAsDoubleList(f, i, &n);
        for (int k = 0; k < n; k++) {
            json_array_append_new(list, number(reals[k], not_finite));
        }
        return list;
    case OFTBinary:
        return NULL; /* pictures and the like are not attributes of a map */
    default:
        return json_string(ogr_text(text, OGR_F_GetFieldAsString(f, i), arena));
    }
}

json_t *ogr_values(OGRFeatureH feature, const struct pk_field_names *names,
                   struct ogr_text *text, uint64_t *not_finite, struct pk_arena *arena)
{
    json_t *out = json_object();

    for (int i = 0; i < OGR_F_GetFieldCount(feature) && (size_t)i < names->count; i++) {
        json_t *value = OGR_F_IsFieldSetAndNotNull(feature, i)
                            ? value_of(feature, i, text, not_finite, arena)
                            : json_null();
        if (value != NULL) {
            json_object_set_new(out, names->names[i], value);
        }
    }
    return out;
}
