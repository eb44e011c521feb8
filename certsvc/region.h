/*
 * region.h - administrative divisions by their codes (GB/T 2260 and its town
 * and village digits): 2 digits province, 2 prefecture, 2 county, 3 town, 3
 * village; zeros where a level is not reached.
 */
#ifndef CERTSVC_REGION_H
#define CERTSVC_REGION_H

/* 6, 9 or 12 digits, and not all of them zero. */
int region_ok(const char *region);

/* Is `inner` the division `outer` or a part of it?  Both region_ok. */
int region_covers(const char *outer, const char *inner);

#endif
