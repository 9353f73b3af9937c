#include "layers/terms.h"

#include <string.h>

static const struct {
    const char *term;
    enum pk_msg_id text;
} terms[] = {
    {"användningsbestämmelse",   PK_MSG_TERM_USE           },
    {"egenskapsbestämmelse",      PK_MSG_TERM_PROPERTY      },
    {"administrativ bestämmelse", PK_MSG_TERM_ADMINISTRATIVE},
    {"laga kraft",                 PK_MSG_TERM_FORCE         },
    {"påbörjad",                 PK_MSG_TERM_STARTED       },
    {"samråd",                    PK_MSG_TERM_CONSULTED     },
    {"granskning",                 PK_MSG_TERM_REVIEWED      },
    {"antagen",                    PK_MSG_TERM_ADOPTED       },
    {"överklagad",                PK_MSG_TERM_APPEALED      },
    {"tillsyn",                    PK_MSG_TERM_REVISED       },
    {"upphävd",                   PK_MSG_TERM_REPEALED      },
    {"avslutad",                   PK_MSG_TERM_CLOSED        },
    {"plankarta",                  PK_MSG_TERM_MAP           },
    {"planbeskrivning",            PK_MSG_TERM_DESCRIPTION   },
    {"illustrationskarta",         PK_MSG_TERM_ILLUSTRATION  },
    {"fastighetsförteckning",     PK_MSG_TERM_EXTRACT       },
    {"grundkarta",                 PK_MSG_TERM_BASE_MAP      },
    {"övrigt",                    PK_MSG_TERM_OTHER         },
};

const char *pk_term(const char *term, enum pk_lang lang)
{
    for (size_t i = 0; term != NULL && i < PK_COUNT(terms); i++) {
        if (strcmp(terms[i].term, term) == 0) {
            return pk_msg_text(terms[i].text, lang);
        }
    }
    return NULL;
}
