/* shipped_data.h - the documents built into the program (made by embed.cmake). */
#ifndef PK_STYLES_SHIPPED_DATA_H
#define PK_STYLES_SHIPPED_DATA_H

#include <stddef.h>

struct pk_shipped_entry {
    const char *kind, *name; /* "style" or "theme" */
    const char *bytes;       /* NUL-terminated */
    size_t len;
};
extern const struct pk_shipped_entry pk_shipped_data[]; /* ended by kind NULL */

#endif
