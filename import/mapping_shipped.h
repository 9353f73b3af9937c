/* mapping_shipped.h - the documents of import/mappings, built into the program. */
#ifndef PK_IMPORT_MAPPING_SHIPPED_H
#define PK_IMPORT_MAPPING_SHIPPED_H

#include <stddef.h>

struct pk_mapping_document {
    const char *name;
    const unsigned char *text;
    size_t len;
};

extern const struct pk_mapping_document pk_mapping_documents[];
extern const size_t pk_mapping_document_count;

#endif
