/* crs_table.h - what crs.c asks of the list in crs_names.c. */
#ifndef PK_LAYERS_CRS_TABLE_H
#define PK_LAYERS_CRS_TABLE_H

/* The system that a compound one has its plane coordinates in (5847 -> 3008), or
 * the same; 2400 is the older number of 3021. 0 when unknown. */
int pk_crs_plane(int epsg);

#endif
