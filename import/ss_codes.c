#include "import/ss_codes.h"

#include <string.h>

#include "base/error.h"

/* By what the code ends with; the longest ending wins, so that "_Nockhojd_Meter"
 * may stand beside "_Meter". Wordings are ours, in the catalogue's terms. */
static const struct pk_ss_code codes[] = {
  /* uses */
    {"_AP_Ko_Gata",                "Gata",                                                     NULL,  NULL          },
    {"_AP_Ko_Gang",                "Gångväg",                                                NULL,  NULL          },
    {"_AP_Ko_Cykelmoped",          "Cykelväg",                                                NULL,  NULL          },
    {"_AP_Ko_Torg",                "Torg",                                                     NULL,  NULL          },
    {"_AP_Ko_Park",                "Park",                                                     NULL,  NULL          },
    {"_AP_Ko_Natur",               "Naturområde",                                             NULL,  NULL          },
    {"_AP_Ko_Skydd",               "Skydd",                                                    NULL,  NULL          },
    {"_KM_B",                      "Bostäder",                                                NULL,  NULL          },
    {"_KM_C",                      "Centrum",                                                  NULL,  NULL          },
    {"_KM_D",                      "Vård",                                                    NULL,  NULL          },
    {"_KM_E",                      "Tekniska anläggningar",                                   NULL,  NULL          },
    {"_KM_H",                      "Detaljhandel",                                             NULL,  NULL          },
    {"_KM_J",                      "Industri",                                                 NULL,  NULL          },
    {"_KM_K",                      "Kontor",                                                   NULL,  NULL          },
    {"_KM_R",                      "Besöksanläggningar",                                     NULL,  NULL          },
    {"_KM_S",                      "Skola",                                                    NULL,  NULL          },
    {"_KM_Z",                      "Verksamheter",                                             NULL,  NULL          },
 /* properties */
    {"_Utform_Nockhojd_Meter",     "Högsta nockhöjd är {} meter",                           "max", "meter"       },
    {"_Utform_Totalhojd_Meter",    "Högsta totalhöjd är {} meter",                          "max", "meter"       },
    {"_Utform_Byggnadshojd_Meter", "Högsta byggnadshöjd är {} meter",                       "max", "meter"       },
    {"_Utform_Vaningsantal",       "Högsta antal våningar är {}",                           "max", "antal"       },
    {"_Omfatt_Byggnadsarea_Kvm",   "Största byggnadsarea är {} m²",                         "max", "kvadratmeter"},
    {"_Omfatt_Bruttoarea_Kvm",     "Största bruttoarea är {} m²",                           "max", "kvadratmeter"},
    {"_Omfatt_Prickmark",          "Marken får inte förses med byggnad",                     NULL,  NULL          },
    {"_Omfatt_Korsmark_A",         "Marken får endast förses med {}",                        NULL,  NULL          },
    {"_Omfatt_Korsmark",           "Marken får endast förses med komplementbyggnad",         NULL,  NULL          },
 /* administrative */
    {"_Markres_Underjord",         "Markreservat för allmännyttiga underjordiska ledningar", NULL,
     NULL                                                                                                           },
    {"_Markres_Luft",              "Markreservat för allmännyttiga luftledningar",           NULL,  NULL          },
    {"_Ad_Genomforande",           "Genomförandetiden är {} år",                            NULL,  "år"         },
    {"_Ad_Strandskydd",            "Strandskyddet är upphävt",                               NULL,  NULL          },
};

static const struct {
    const char *code, *type;
} plan_types[] = {
    {"DP", "detaljplan"      },
    {"SP", "stadsplan"       },
    {"BP", "byggnadsplan"    },
    {"AP", "avstyckningsplan"},
};

const struct pk_ss_code *pk_ss_code_find(const char *code)
{
    const struct pk_ss_code *best = NULL;
    size_t len = code ? strlen(code) : 0, longest = 0;

    for (size_t i = 0; i < PK_COUNT(codes); i++) {
        size_t n = strlen(codes[i].ending);
        if (n > longest && n <= len && strcmp(code + len - n, codes[i].ending) == 0) {
            best = &codes[i];
            longest = n;
        }
    }
    return best;
}

bool pk_ss_is_implementation_time(const char *code)
{
    return code != NULL && strstr(code, "_Ad_Genomforande") != NULL;
}

const char *pk_ss_plan_type(const char *code)
{
    for (size_t i = 0; code != NULL && i < PK_COUNT(plan_types); i++) {
        if (strcmp(code, plan_types[i].code) == 0) {
            return plan_types[i].type;
        }
    }
    return NULL;
}
