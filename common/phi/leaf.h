/* The key that a value of a JSON text stands under, for the scanner. */
#ifndef ROS_PHI_LEAF_H
#define ROS_PHI_LEAF_H

#include "base/str.h"
#include "json/reader.h"

/*
 * The key of the nearest member that v is or lies in, absent where there is none; a key such as `value` gives way to one above it that says more. The value of an identifier or a contact in the form of FHIR is called by what its
 * type or system says: an identifier of type MR is a medical record number in whatever form (HL7 table 0203; FHIR R4, Identifier.type, ContactPoint.system). Valid as
 * long as the text.
 */
struct str phi_leaf_key(const struct json_reader *r, const struct json *root, const struct json *v);

/* The integer that a JSON number spells in another way, as 123456789.0 or 1.23456789e8, in digits; empty where it is none, or is spelled so. */
#define PHI_INTEGER 24
struct str phi_leaf_integer(struct str number, char out[PHI_INTEGER]);

#endif
