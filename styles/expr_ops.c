#include "styles/expr.h"

#include <string.h>

#define ANY    PK_T_ANY
#define BOOL   PK_T_BOOL
#define NUMBER PK_T_NUMBER
#define STRING PK_T_STRING
#define COLOUR PK_T_COLOUR
#define ARRAY  PK_T_ARRAY

/* By name, so that it can be searched; argument counts without the name. */
static const struct pk_operator operators[] = {
    {"!",                   PK_OP_NOT,           1, 1,  BOOL,   BOOL  },
    {"!=",                  PK_OP_NE,            2, 2,  ANY,    BOOL  },
    {"%",                   PK_OP_MOD,           2, 2,  NUMBER, NUMBER},
    {"*",                   PK_OP_MUL,           2, -1, NUMBER, NUMBER},
    {"+",                   PK_OP_ADD,           2, -1, NUMBER, NUMBER},
    {"-",                   PK_OP_SUB,           1, 2,  NUMBER, NUMBER},
    {"/",                   PK_OP_DIV,           2, 2,  NUMBER, NUMBER},
    {"<",                   PK_OP_LT,            2, 2,  ANY,    BOOL  },
    {"<=",                  PK_OP_LE,            2, 2,  ANY,    BOOL  },
    {"==",                  PK_OP_EQ,            2, 2,  ANY,    BOOL  },
    {">",                   PK_OP_GT,            2, 2,  ANY,    BOOL  },
    {">=",                  PK_OP_GE,            2, 2,  ANY,    BOOL  },
    {"^",                   PK_OP_POW,           2, 2,  NUMBER, NUMBER},
    {"abs",                 PK_OP_ABS,           1, 1,  NUMBER, NUMBER},
    {"accumulated",         PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"acos",                PK_OP_ACOS,          1, 1,  NUMBER, NUMBER},
    {"all",                 PK_OP_ALL,           0, -1, BOOL,   BOOL  },
    {"any",                 PK_OP_ANY,           0, -1, BOOL,   BOOL  },
    {"array",               PK_OP_ARRAY,         1, 3,  ANY,    ARRAY },
    {"asin",                PK_OP_ASIN,          1, 1,  NUMBER, NUMBER},
    {"at",                  PK_OP_AT,            2, 2,  ANY,    ANY   },
    {"atan",                PK_OP_ATAN,          1, 1,  NUMBER, NUMBER},
    {"boolean",             PK_OP_BOOLEAN,       1, -1, ANY,    BOOL  },
    {"case",                PK_OP_CASE,          3, -1, ANY,    ANY   },
    {"ceil",                PK_OP_CEIL,          1, 1,  NUMBER, NUMBER},
    {"coalesce",            PK_OP_COALESCE,      1, -1, ANY,    ANY   },
    {"collator",            PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"concat",              PK_OP_CONCAT,        1, -1, ANY,    STRING},
    {"cos",                 PK_OP_COS,           1, 1,  NUMBER, NUMBER},
    {"distance",            PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"downcase",            PK_OP_DOWNCASE,      1, 1,  STRING, STRING},
    {"e",                   PK_OP_E,             0, 0,  ANY,    NUMBER},
    {"elevation",           PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"feature-state",       PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"floor",               PK_OP_FLOOR,         1, 1,  NUMBER, NUMBER},
    {"format",              PK_OP_FORMAT,        1, -1, ANY,    STRING},
    {"geometry-type",       PK_OP_GEOMETRY,      0, 0,  ANY,    STRING},
    {"get",                 PK_OP_GET,           1, 2,  ANY,    ANY   },
    {"global-state",        PK_OP_GLOBAL_STATE,  1, 1,  ANY,    ANY   },
    {"has",                 PK_OP_HAS,           1, 2,  ANY,    BOOL  },
    {"heatmap-density",     PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"id",                  PK_OP_ID,            0, 0,  ANY,    ANY   },
    {"image",               PK_OP_IMAGE,         1, 1,  STRING, STRING},
    {"in",                  PK_OP_IN,            2, 2,  ANY,    BOOL  },
    {"index-of",            PK_OP_INDEX_OF,      2, 3,  ANY,    NUMBER},
    {"interpolate",         PK_OP_INTERPOLATE,   4, -1, ANY,    ANY   },
    {"interpolate-hcl",     PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"interpolate-lab",     PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"is-supported-script", PK_OP_TRUE,          1, 1,  ANY,    BOOL  },
    {"length",              PK_OP_LENGTH,        1, 1,  ANY,    NUMBER},
    {"let",                 PK_OP_LET,           3, -1, ANY,    ANY   },
    {"line-progress",       PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"literal",             PK_OP_LITERAL,       1, 1,  ANY,    ANY   },
    {"ln",                  PK_OP_LN,            1, 1,  NUMBER, NUMBER},
    {"ln2",                 PK_OP_LN2,           0, 0,  ANY,    NUMBER},
    {"log10",               PK_OP_LOG10,         1, 1,  NUMBER, NUMBER},
    {"log2",                PK_OP_LOG2,          1, 1,  NUMBER, NUMBER},
    {"match",               PK_OP_MATCH,         4, -1, ANY,    ANY   },
    {"max",                 PK_OP_MAX,           1, -1, NUMBER, NUMBER},
    {"min",                 PK_OP_MIN,           1, -1, NUMBER, NUMBER},
    {"number",              PK_OP_NUMBER,        1, -1, ANY,    NUMBER},
    {"number-format",       PK_OP_NUMBER_FORMAT, 2, 2,  ANY,    STRING},
    {"object",              PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"pi",                  PK_OP_PI,            0, 0,  ANY,    NUMBER},
    {"properties",          PK_OP_PROPERTIES,    0, 0,  ANY,    ANY   },
    {"resolved-locale",     PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"rgb",                 PK_OP_RGBA,          3, 3,  NUMBER, COLOUR},
    {"rgba",                PK_OP_RGBA,          4, 4,  NUMBER, COLOUR},
    {"round",               PK_OP_ROUND,         1, 1,  NUMBER, NUMBER},
    {"sin",                 PK_OP_SIN,           1, 1,  NUMBER, NUMBER},
    {"slice",               PK_OP_SLICE,         2, 3,  ANY,    ANY   },
    {"sqrt",                PK_OP_SQRT,          1, 1,  NUMBER, NUMBER},
    {"step",                PK_OP_STEP,          2, -1, ANY,    ANY   },
    {"string",              PK_OP_STRING,        1, -1, ANY,    STRING},
    {"tan",                 PK_OP_TAN,           1, 1,  NUMBER, NUMBER},
    {"to-boolean",          PK_OP_TO_BOOL,       1, 1,  ANY,    BOOL  },
    {"to-color",            PK_OP_TO_COLOUR,     1, -1, ANY,    COLOUR},
    {"to-number",           PK_OP_TO_NUMBER,     1, -1, ANY,    NUMBER},
    {"to-rgba",             PK_OP_TO_RGBA,       1, 1,  COLOUR, ARRAY },
    {"to-string",           PK_OP_TO_STRING,     1, 1,  ANY,    STRING},
    {"typeof",              PK_OP_TYPEOF,        1, 1,  ANY,    STRING},
    {"upcase",              PK_OP_UPCASE,        1, 1,  STRING, STRING},
    {"var",                 PK_OP_VAR,           1, 1,  ANY,    ANY   },
    {"within",              PK_OP_ELSEWHERE,     0, -1, ANY,    ANY   },
    {"zoom",                PK_OP_ZOOM,          0, 0,  ANY,    NUMBER},
};

const struct pk_operator *pk_operator_find(const char *name)
{
    size_t lo = 0, hi = PK_COUNT(operators);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int order = strcmp(name, operators[mid].name);
        if (order == 0) {
            return &operators[mid];
        }
        if (order < 0) {
            hi = mid;
        } else {
            lo = mid + 1;
        }
    }
    return NULL;
}

const char *pk_type_name(enum pk_type type)
{
    static const char *const names[] = {"any value", "null",  "boolean", "number",
                                        "string",    "color", "array"};
    return names[type];
}
