/*
 * sample_gpkg.h - the sample's geodata as one GeoPackage: property units, addresses,
 * place names, base map, municipalities and strandskydd. EPSG:3006 throughout.
 */
#ifndef PK_IMPORT_SAMPLE_GPKG_H
#define PK_IMPORT_SAMPLE_GPKG_H

#include "import/sample.h"

struct pk_sample_gpkg;

/* Creates the file (an older one is replaced). Errors: PK_IO. */
enum pk_status pk_sample_gpkg_open(struct pk_sample_gpkg **out, const char *path,
                                   struct pk_error *err) PK_MUST_CHECK;
/* Property units, addresses, buildings and streets of one plan. */
enum pk_status pk_sample_gpkg_plan(struct pk_sample_gpkg *g,
                                   const struct pk_sample_plan *plan,
                                   struct pk_error *err) PK_MUST_CHECK;
/* What lies round a town: its name, land cover, lakes with their strandskydd, the
 * road to the next town (NULL for the last). */
enum pk_status pk_sample_gpkg_town(struct pk_sample_gpkg *g, uint64_t seed,
                                   const struct pk_sample_town *town,
                                   const struct pk_sample_town *next,
                                   struct pk_arena *arena,
                                   struct pk_error *err) PK_MUST_CHECK;
/* The two municipalities and the forest over the box of all towns. */
enum pk_status pk_sample_gpkg_land(struct pk_sample_gpkg *g, uint64_t seed,
                                   struct pk_box box, struct pk_arena *arena,
                                   struct pk_error *err) PK_MUST_CHECK;
/* Closes the file; PK_IO when anything could not be written. NULL is PK_OK. */
enum pk_status pk_sample_gpkg_close(struct pk_sample_gpkg *g, struct pk_error *err);

#endif
