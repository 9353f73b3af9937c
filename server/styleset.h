/*
 * styleset.h - every style that can be drawn, by name and theme: shipped ones, files
 * given with --style, and one per layer of the data, made from the layer's settings.
 *
 * Compiled styles are immutable and live until the end, so a pointer that was found may
 * be used without a lock. Layer styles follow the data: the watcher refreshes them
 * before a version is announced.
 */
#ifndef PK_SERVER_STYLESET_H
#define PK_SERVER_STYLESET_H

#include "layers/store.h"
#include "styles/style.h"

enum { PK_STYLESET_MAX = 4000 }; /* compiled styles, themes counted */

struct pk_styles;

/* Compiles the shipped styles with every theme, and the files. A file's style is called
 * by its document's `name`. With `serving` a file that is there but no good style is
 * remembered as a problem and left out; it is looked at again when it changes. Errors:
 * PK_BAD_INPUT with file and place; PK_IO. */
enum pk_status pk_styles_create(struct pk_styles **out, const char *const *files,
                                uint32_t file_count, bool serving,
                                struct pk_error *err) PK_MUST_CHECK;
/* Read the files again that changed since; one that is no good leaves its last good
 * style in place. One thread only (the watcher's). */
void pk_styles_reload(struct pk_styles *styles);
/* What is wrong with a file now, copied into the arena; NULL when all are good. */
const char *pk_styles_problem(struct pk_styles *styles, struct pk_arena *arena);
void pk_styles_destroy(struct pk_styles *styles);

/* Compile what is new or different among the layers of a version. One thread only (the
 * watcher's). A layer whose settings make no style is left out; *err says why. */
enum pk_status pk_styles_refresh(struct pk_styles *styles,
                                 const struct pk_layer_row *rows, uint32_t count,
                                 struct pk_error *err) PK_MUST_CHECK;

/* NULL when there is no such style or theme. Any thread. */
const struct pk_style *pk_styles_find(struct pk_styles *styles, const char *name,
                                      const char *theme);
/* The style as it was in a version: a layer's style follows the settings that its layer
 * had there (`rows` of that version), others are as they are. Compiled when it is asked
 * for the first time. Any thread. NULL and PK_NOT_FOUND when there is none. */
enum pk_status pk_styles_find_past(const struct pk_style **out, struct pk_styles *styles,
                                   const char *name, const char *theme,
                                   const struct pk_layer_row *rows, uint32_t count,
                                   struct pk_error *err) PK_MUST_CHECK;
/* Is the theme one of ours? */
bool pk_styles_has_theme(const char *theme);
/* Name number i in order of adding (shipped, files, layers), NULL past the last; copied
 * into the arena. */
const char *pk_styles_name(struct pk_styles *styles, uint32_t i, struct pk_arena *arena);

#endif
