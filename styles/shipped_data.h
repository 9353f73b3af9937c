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
/* Icons as PNG: kind "1", "2", "3" device pixels per CSS pixel, by name and then kind;
 * names that end in ".sdf" are of icons that take icon-color. */
extern const struct pk_shipped_entry pk_sprite_data[];

#endif
