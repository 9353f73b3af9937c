#include "tiles/circle.h"

#include <math.h>

/* sin(0..90 degrees) * 65536, rounded. */
static const int32_t sines[91] = {
    0,     1144,  2287,  3430,  4572,  5712,  6850,  7987,  9121,  10252, 11380, 12505,
    13626, 14742, 15855, 16962, 18064, 19161, 20252, 21336, 22415, 23486, 24550, 25607,
    26656, 27697, 28729, 29753, 30767, 31772, 32768, 33754, 34729, 35693, 36647, 37590,
    38521, 39441, 40348, 41243, 42126, 42995, 43852, 44695, 45525, 46341, 47143, 47930,
    48703, 49461, 50203, 50931, 51643, 52339, 53020, 53684, 54332, 54963, 55578, 56175,
    56756, 57319, 57865, 58393, 58903, 59396, 59870, 60326, 60764, 61183, 61584, 61966,
    62328, 62672, 62997, 63303, 63589, 63856, 64104, 64332, 64540, 64729, 64898, 65048,
    65177, 65287, 65376, 65446, 65496, 65526, 65536,
};

int32_t pk_sin(int32_t degrees)
{
    int32_t d = degrees % 360;
    if (d < 0)
        d += 360;
    if (d <= 90)
        return sines[d];
    if (d <= 180)
        return sines[180 - d];
    if (d <= 270)
        return -sines[d - 180];
    return -sines[360 - d];
}

int32_t pk_cos(int32_t degrees)
{
    return pk_sin(degrees % 360 + 90);
}

int64_t pk_round_div(int64_t n, int64_t d)
{
    n += d / 2;
    int64_t q = n / d;
    return q - (n % d < 0);
}

void pk_circle_point(uint32_t i, int64_t radius, int64_t *x, int64_t *y)
{
    int32_t degrees = (int32_t)(i % PK_CIRCLE_STEPS) * (360 / PK_CIRCLE_STEPS);
    *x = pk_round_div(radius * pk_cos(degrees), 65536);
    *y = pk_round_div(radius * pk_sin(degrees), 65536);
}

uint64_t pk_isqrt(uint64_t n)
{
    /* A machine's square root as a guess, then corrected: exact everywhere. */
    uint64_t x = (uint64_t)sqrt((double)n);
    if (x > UINT32_MAX)
        x = UINT32_MAX;
    while (x * x > n)
        x--;
    while (x < UINT32_MAX && (x + 1) * (x + 1) <= n)
        x++;
    return x;
}
