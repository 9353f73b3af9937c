/*
 * search_coordinate.h - coordinates as people write and paste them.
 *
 *     617040.3, 6930021.7         SWEREF 99 TM in either order
 *     N 6227456,7 E 198834,3      a local zone (no name: every zone it could be)
 *     6227456 198834 SWEREF 99 13 30, EPSG:3008
 *     1456789 6512345             RT 90 2.5 gon V
 *     62.4867, 17.3251            latitude, longitude (or the reverse)
 *     62°29'12.1"N 17°19'30"E     degrees, minutes, seconds; 62° 29,202' N ...
 *
 * Northing and easting, latitude and longitude are told apart by their size, which
 * in Sweden is never in doubt, and must agree with N, E, X, Y, lat, long when these
 * are written. Plain small numbers ("57 12") are not coordinates.
 */
#ifndef PK_LAYERS_SEARCH_COORDINATE_H
#define PK_LAYERS_SEARCH_COORDINATE_H

#include <stdbool.h>
#include <stdint.h>

enum { PK_COORDINATE_MAX = 12, PK_COORDINATE_TEXT_MAX = 200 };

struct pk_coordinate {
    double x, y;  /* easting, northing or longitude, latitude */
    int crs;      /* EPSG */
    bool guessed; /* one of several zones that it could be in */
};

/* How many the text can mean; 0 when it is no coordinate. Pure. */
uint32_t pk_coordinate_parse(struct pk_coordinate out[PK_COORDINATE_MAX],
                             const char *text);

#endif
