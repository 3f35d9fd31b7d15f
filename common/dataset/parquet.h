/* The footer of a Parquet file, for what reads one and for tests. */
#ifndef ROS_DATASET_PARQUET_H
#define ROS_DATASET_PARQUET_H

#include "base/err.h"
#include "base/str.h"
#include "dataset/format.h"

/*
 * Fills rows and layout of *f from the footer: FileMetaData of parquet.thrift
 * (https://github.com/apache/parquet-format). A column is a leaf of the schema, its name the names on the way
 * to it with dots between them. -1: it is not whole (ROS_INPUT); *f may be filled in part.
 */
int parquet_footer(struct str footer, struct facts *f, struct err *e);

#endif
