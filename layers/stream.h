/*
 * stream.h - the record stream: what readers of foreign files say to the writer.
 *
 * An import child reads one file and writes records to its standard output; the
 * writer walks them as foreign input. One record:
 *
 *     u32 length of what follows   u8 type   u32 json length   json   geometry
 *
 * The JSON is an object (members below, spec terms as in the NGP schema); the
 * geometry is PKG1 bytes (layers/geom.h), or nothing, in the delivered CRS and
 * easting, northing order. A child that dies leaves no END record: then nothing
 * of its source counts.
 *
 * SOURCE      {recognised_as, title?, encoding?, mapping?, profile?}   first, once
 * PLAN        {objektidentitet?, key?, kommun?, kommunkod?, beteckning?, namn?, syfte?,
 *              status?, typ?, datumStatusforandring?, datumAntagande?, datumLagakraft:
 * [], genomforandetid? (months), genomforandetidStartar?, absolutLagesosakerhetPlan?,
 *              digitaliseringsniva?, foregaendePlansBeteckning: [], beslutsinformation:
 * [], dokument: [{kind, title, href, media_type, legal}], versionGiltigFran?, ...}
 *              Unknown members are kept as they are. Dates "YYYY-MM-DD".
 * PLAN_PART   {plan, part, crs (EPSG int), curve_tolerance_m?, object}      + geometry
 * REGULATION  {objektidentitet?, plan, kind: "användningsbestämmelse" |
 *              "egenskapsbestämmelse" | "administrativ bestämmelse", anvandningsform?,
 *              beteckning?, index?, bestammelseformulering?,
 * ursprungligBestammelseformulering?, planbestammelsekatalogreferens?, bestammelsekod?,
 * farg?, symbol?, bestammelsevarde: [{beskrivning, vardetyp, variabelvarde, enhet}],
 *              reglerarAnvandningsbestammelse: [], sekundarEgenskapsgrans?, huvudsaklig?,
 *              giltighetstid?, borjarGallaEfter?, digitaliseringsniva?, motiv?, ...}
 * REG_PART    {regulation, part, crs, label: {x, y, rotation, text}?, symbol?} + geometry
 * LAYER       {id, title.., settings as the `layer` member of a mapping document, role?,
 *              columns: [{name, title.sv?, title.en?, type}]}      before its features
 * FEATURE     {layer, id?, key?, attributes: {...}, crs, part_of?}          + geometry
 * FINDING     {rule, severity: "error"|"warning"|"note", object, text, fix, point?, crs?,
 *              place, stops?: "unreadable"|"identity"|"reach", plan?: the ref of the
 *              plan that one with `stops` holds back, whole}
 * COUNT       {kind, read, merged, refused}     what the reader itself merged or refused
 * END         {}                                                        last, once
 *
 * `plan` and `regulation` name the object by its objektidentitet, or by `ref`, a
 * name that is unique in this stream (every PLAN and REGULATION may carry `ref`).
 */
#ifndef PK_LAYERS_STREAM_H
#define PK_LAYERS_STREAM_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "layers/geom.h"

enum pk_record_type {
    PK_REC_SOURCE = 1,
    PK_REC_PLAN,
    PK_REC_PLAN_PART,
    PK_REC_REGULATION,
    PK_REC_REG_PART,
    PK_REC_LAYER,
    PK_REC_FEATURE,
    PK_REC_FINDING,
    PK_REC_COUNT,
    PK_REC_END,
    PK_REC_TYPES
};

enum { PK_STREAM_JSON_MAX = 4 * 1024 * 1024, PK_STREAM_RECORD_MAX = 64 * 1024 * 1024 };

/* Writing: to a file descriptor, buffered. The first failure sticks. */
struct pk_stream_out {
    int fd;
    struct pk_buf buf;
    bool failed;
};

void pk_stream_out_init(struct pk_stream_out *out, int fd);
/* Takes over the reference to `object`. geom may be NULL. */
void pk_stream_put(struct pk_stream_out *out, enum pk_record_type type, json_t *object,
                   const struct pk_geom *geom);
/* Flush; PK_IO when anything could not be written. Frees the buffer. */
enum pk_status pk_stream_out_finish(struct pk_stream_out *out, struct pk_error *err);

/* Reading. */
struct pk_record {
    enum pk_record_type type;
    json_t *object; /* borrowed: valid until the next read */
    bool has_geom;
    struct pk_geom geom;    /* memory of the arena given to open */
    const void *geom_bytes; /* the PKG1 bytes as they came */
    size_t geom_len;
};

struct pk_stream_in;
struct pk_stream_in *pk_stream_open(int fd);
/* Next record; *out_end is set after END, and only then the stream was whole.
 * Errors: PK_BAD_DATA (not our form, beyond a limit, ended early), PK_IO. The
 * arena is reset by each call. */
enum pk_status pk_stream_next(struct pk_stream_in *in, struct pk_record *record,
                              bool *out_end, struct pk_error *err) PK_MUST_CHECK;
void pk_stream_close(struct pk_stream_in *in);

#endif
