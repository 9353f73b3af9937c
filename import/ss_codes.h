/*
 * ss_codes.h - codes of the planning catalogue of 2014, as SS 637040 files name
 * them: wording, kind of value and unit, where the file itself gives no wording.
 */
#ifndef PK_IMPORT_SS_CODES_H
#define PK_IMPORT_SS_CODES_H

#include <stdbool.h>

struct pk_ss_code {
    const char *ending;            /* of the code, after its form and kind */
    const char *wording;           /* "{}" is the first value */
    const char *value_kind, *unit; /* vardetyp, enhet; NULL = none */
};

/* NULL when the code is not known. */
const struct pk_ss_code *pk_ss_code_find(const char *code);

/* Implementation time: "DP_PO_Ad_Genomforande", in years. */
bool pk_ss_is_implementation_time(const char *code);

/* "DP" -> "detaljplan" ...; NULL when not known. */
const char *pk_ss_plan_type(const char *code);

#endif
