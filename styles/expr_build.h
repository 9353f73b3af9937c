/*
 * expr_build.h - putting nodes into a program: what the compiler of expressions is
 * made with. Private to styles/expr_*.c.
 */
#ifndef PK_STYLES_EXPR_BUILD_H
#define PK_STYLES_EXPR_BUILD_H

#include "styles/expr.h"

/* Append a copy; its index. */
uint32_t pk_build_node(struct pk_program *p, const struct pk_node *node);
/* Give a node its arguments; it uses what they use. */
void pk_build_args(struct pk_program *p, struct pk_node *n, const uint32_t *args,
                   uint32_t count);
/* Index of a feature property, new or known. Errors: PK_LIMIT. */
enum pk_status pk_build_property(uint32_t *out, struct pk_compiler *c, const char *name,
                                 struct pk_error *err) PK_MUST_CHECK;
/* Append a node, or its value where nothing in it varies. Errors: PK_BAD_INPUT when
 * such a node has no value. */
enum pk_status pk_build_folded(uint32_t *out, struct pk_compiler *c,
                               const struct pk_node *n,
                               struct pk_error *err) PK_MUST_CHECK;
/* Arguments and all. Errors: the same and PK_LIMIT. */
enum pk_status pk_build_finish(uint32_t *out, struct pk_compiler *c, struct pk_node *n,
                               const uint32_t *args, uint32_t count,
                               struct pk_error *err) PK_MUST_CHECK;

#endif
