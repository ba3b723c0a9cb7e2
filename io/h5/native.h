// What gonum.org/v1/hdf5 lacks, on the hid_t that its Identifier.ID() gives. Every function returns
// a negative number when HDF5 failed; the reason then waits on HDF5's error stack of this thread.
#include <hdf5.h>

enum { FLOAT32 = 1, FLOAT64, INT32, INT64, UINT8, STRING };

void h5_silence(void);
void h5_reason(char *text, size_t room);
void h5_drop(hid_t id);
herr_t h5_file_create(const char *path, hsize_t reserve);
herr_t h5_group_create(hid_t f, const char *path);
herr_t h5_dataset_create(hid_t f, const char *path, int kind, int rank, const hsize_t *shape,
                         const hsize_t *chunk, int deflate, const void *fill);
int h5_dataset_kind(hid_t d);
int h5_dataset_chunk(hid_t d, hsize_t *chunk);
herr_t h5_dataset_write(hid_t d, int kind, hid_t memory, hid_t space, const void *p);
herr_t h5_dataset_read(hid_t d, int kind, hid_t memory, hid_t space, size_t n, void *p);
herr_t h5_attribute_write(hid_t f, const char *object, const char *name, int kind, long long n, const void *p);
hid_t h5_attribute_open(hid_t f, const char *object, const char *name, int *kind, int *scalar, long long *n);
herr_t h5_attribute_read(hid_t a, int kind, size_t n, void *p);
long long h5_attribute_count(hid_t f, const char *object);
long long h5_attribute_name(hid_t f, const char *object, hsize_t i, char *name, size_t room);
herr_t h5_scale_refs(hid_t d, unsigned long long *refs);
herr_t h5_scale_of(hid_t d, unsigned dim, char *text, size_t room);
