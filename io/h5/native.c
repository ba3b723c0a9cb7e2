#include "native.h"

#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char *text; size_t room; } place;

// The library is not to tidy up when the program ends: it crashes over a file that a full disk kept it from closing.
// It has to be told before its first use, which is in a package that Go initialises before this one.
__attribute__((constructor)) static void leave_exit_alone(void) { H5dont_atexit(); }

void h5_silence(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

static herr_t note(unsigned n, const H5E_error2_t *e, void *out) {
	place *p = out;
	if (n == 0 && e->desc != NULL) {
		strncpy(p->text, e->desc, p->room - 1);
	}
	return 0;
}

// h5_reason copies what the innermost function said and clears the stack.
void h5_reason(char *text, size_t room) {
	place p = {text, room};
	H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, note, &p);
	H5Eclear2(H5E_DEFAULT);
}

// h5_drop closes an id of any kind and keeps the error stack, which a plain close would clear.
void h5_drop(hid_t id) {
	hid_t errors = H5Eget_current_stack();
	if (id >= 0) {
		H5Idec_ref(id);
	}
	H5Eset_current_stack(errors);
}

static hid_t string_type(void) {
	hid_t t = H5Tcopy(H5T_C_S1);
	H5Tset_size(t, H5T_VARIABLE);
	H5Tset_cset(t, H5T_CSET_UTF8);
	return t;
}

static hid_t type_in_file(int kind) {
	switch (kind) {
	case FLOAT32: return H5Tcopy(H5T_IEEE_F32LE);
	case FLOAT64: return H5Tcopy(H5T_IEEE_F64LE);
	case INT32:   return H5Tcopy(H5T_STD_I32LE);
	case INT64:   return H5Tcopy(H5T_STD_I64LE);
	case UINT8:   return H5Tcopy(H5T_STD_U8LE);
	default:      return string_type();
	}
}

static hid_t type_in_memory(int kind) {
	switch (kind) {
	case FLOAT32: return H5Tcopy(H5T_NATIVE_FLOAT);
	case FLOAT64: return H5Tcopy(H5T_NATIVE_DOUBLE);
	case INT32:   return H5Tcopy(H5T_NATIVE_INT32);
	case INT64:   return H5Tcopy(H5T_NATIVE_INT64);
	case UINT8:   return H5Tcopy(H5T_NATIVE_UINT8);
	default:      return string_type();
	}
}

// kind_of says which of our kinds holds every value of a type, 0 for none.
static int kind_of(hid_t t) {
	size_t size = H5Tget_size(t);
	switch (H5Tget_class(t)) {
	case H5T_STRING: return STRING;
	case H5T_FLOAT:  return size <= 4 ? FLOAT32 : FLOAT64;
	case H5T_ENUM:   return size == 1 ? UINT8 : INT64;
	case H5T_INTEGER:
		if (H5Tget_sign(t) == H5T_SGN_NONE) {
			return size == 1 ? UINT8 : INT64;
		}
		return size <= 4 ? INT32 : INT64;
	default: return 0;
	}
}

// h5_file_create makes an empty file in the format of HDF5 1.8: it checks its own metadata, takes large
// attributes, and every reader in use knows it. Without time stamps equal calls give equal bytes.
herr_t h5_file_create(const char *path, hsize_t reserve) {
	hid_t how = H5Pcreate(H5P_FILE_CREATE), with = H5Pcreate(H5P_FILE_ACCESS), f = -1;
	if (H5Pset_userblock(how, reserve) >= 0 && H5Pset_obj_track_times(how, 0) >= 0 &&
	    H5Pset_libver_bounds(with, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0) {
		f = H5Fcreate(path, H5F_ACC_TRUNC, how, with);
	}
	h5_drop(how);
	h5_drop(with);
	return f < 0 ? -1 : H5Fclose(f);
}

herr_t h5_group_create(hid_t f, const char *path) {
	hid_t how = H5Pcreate(H5P_GROUP_CREATE), g = -1;
	if (H5Pset_obj_track_times(how, 0) >= 0) {
		g = H5Gcreate2(f, path, H5P_DEFAULT, how, H5P_DEFAULT);
	}
	h5_drop(how);
	return g < 0 ? -1 : H5Gclose(g);
}

// h5_dataset_create leaves chunk and fill out where they are NULL. The fill value is of the data set's kind.
herr_t h5_dataset_create(hid_t f, const char *path, int kind, int rank, const hsize_t *shape,
                             const hsize_t *chunk, int deflate, const void *fill) {
	hid_t type = type_in_file(kind), memory = type_in_memory(kind), how = H5Pcreate(H5P_DATASET_CREATE);
	hid_t space = rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, shape, NULL), d = -1;
	if (space >= 0 && H5Pset_obj_track_times(how, 0) >= 0 &&
	    (chunk == NULL || H5Pset_chunk(how, rank, chunk) >= 0) &&
	    (deflate == 0 || (H5Pset_shuffle(how) >= 0 && H5Pset_deflate(how, (unsigned)deflate) >= 0)) &&
	    (fill == NULL || H5Pset_fill_value(how, memory, fill) >= 0)) {
		d = H5Dcreate2(f, path, type, space, H5P_DEFAULT, how, H5P_DEFAULT);
	}
	h5_drop(type);
	h5_drop(memory);
	h5_drop(how);
	h5_drop(space);
	return d < 0 ? -1 : H5Dclose(d);
}

int h5_dataset_kind(hid_t d) {
	hid_t t = H5Dget_type(d);
	int kind = t < 0 ? -1 : kind_of(t);
	h5_drop(t);
	return kind;
}

// h5_dataset_chunk fills chunk and gives its rank, or gives 0 for a contiguous data set.
int h5_dataset_chunk(hid_t d, hsize_t *chunk) {
	hid_t how = H5Dget_create_plist(d);
	int rank = how < 0 ? -1 : H5Pget_layout(how) == H5D_CHUNKED ? H5Pget_chunk(how, H5S_MAX_RANK, chunk) : 0;
	h5_drop(how);
	return rank;
}

herr_t h5_dataset_write(hid_t d, int kind, hid_t memory, hid_t space, const void *p) {
	hid_t t = type_in_memory(kind);
	herr_t e = H5Dwrite(d, t, memory, space, H5P_DEFAULT, p);
	h5_drop(t);
	return e;
}

// split_fixed makes n strings, which the caller frees, of all, which holds them at fixed length.
static void split_fixed(hid_t t, const char *all, size_t n, char **out) {
	size_t size = H5Tget_size(t), i, end;
	for (i = 0; i < n; i++) {
		out[i] = strndup(all + i * size, size);
		end = strlen(out[i]);
		while (H5Tget_strpad(t) == H5T_STR_SPACEPAD && end > 0 && out[i][end - 1] == ' ') {
			out[i][--end] = 0;
		}
	}
}

// h5_dataset_read fills p with values, or, for strings, with n pointers that the caller frees.
herr_t h5_dataset_read(hid_t d, int kind, hid_t memory, hid_t space, size_t n, void *p) {
	hid_t t = kind == STRING ? H5Dget_type(d) : type_in_memory(kind);
	int fixed = kind == STRING && H5Tis_variable_str(t) <= 0;
	void *to = fixed ? calloc(n, H5Tget_size(t)) : p;
	herr_t e = to == NULL ? -1 : H5Dread(d, t, memory, space, H5P_DEFAULT, to);
	if (fixed) {
		if (e >= 0) split_fixed(t, to, n, p);
		free(to);
	}
	h5_drop(t);
	return e;
}

// h5_attribute_write puts n values on the object, or one scalar for n < 0, in place of what has the name.
herr_t h5_attribute_write(hid_t f, const char *object, const char *name, int kind, long long n, const void *p) {
	hsize_t length = n < 0 ? 1 : (hsize_t)n;
	htri_t there = H5Aexists_by_name(f, object, name, H5P_DEFAULT);
	if (there < 0 || (there > 0 && H5Adelete_by_name(f, object, name, H5P_DEFAULT) < 0)) {
		return -1;
	}
	hid_t space = n < 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, NULL);
	hid_t t = type_in_file(kind), m = type_in_memory(kind);
	hid_t a = H5Acreate_by_name(f, object, name, t, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
	herr_t e = a < 0 ? -1 : length == 0 ? 0 : H5Awrite(a, m, p);
	h5_drop(space);
	h5_drop(t);
	h5_drop(m);
	h5_drop(a);
	return e;
}

hid_t h5_attribute_open(hid_t f, const char *object, const char *name, int *kind, int *scalar, long long *n) {
	hid_t a = H5Aopen_by_name(f, object, name, H5P_DEFAULT, H5P_DEFAULT);
	if (a < 0) {
		return -1;
	}
	hid_t t = H5Aget_type(a), s = H5Aget_space(a);
	*kind = kind_of(t);
	*scalar = H5Sget_simple_extent_type(s) == H5S_SCALAR;
	*n = H5Sget_simple_extent_npoints(s);
	h5_drop(t);
	h5_drop(s);
	return a;
}

// h5_attribute_read fills p as h5_dataset_read does.
herr_t h5_attribute_read(hid_t a, int kind, size_t n, void *p) {
	hid_t t = kind == STRING ? H5Aget_type(a) : type_in_memory(kind);
	int fixed = kind == STRING && H5Tis_variable_str(t) <= 0;
	void *to = fixed ? calloc(n, H5Tget_size(t)) : p;
	herr_t e = to == NULL ? -1 : H5Aread(a, t, to);
	if (fixed) {
		if (e >= 0) split_fixed(t, to, n, p);
		free(to);
	}
	h5_drop(t);
	return e;
}

static herr_t count(hid_t object, const char *name, const H5A_info_t *info, void *n) {
	++*(long long *)n;
	return 0;
}

long long h5_attribute_count(hid_t f, const char *object) {
	long long n = 0;
	hsize_t from = 0;
	return H5Aiterate_by_name(f, object, H5_INDEX_NAME, H5_ITER_INC, &from, count, &n, H5P_DEFAULT) < 0 ? -1 : n;
}

long long h5_attribute_name(hid_t f, const char *object, hsize_t i, char *name, size_t room) {
	return H5Aget_name_by_idx(f, object, H5_INDEX_NAME, H5_ITER_INC, i, name, room, H5P_DEFAULT);
}

static herr_t scale_path(hid_t d, unsigned dim, hid_t scale, void *out) {
	place *p = out;
	return H5Iget_name(scale, p->text, p->room) < 0 ? -1 : 1;
}

// h5_scale_of writes the path of the dimension's first scale, or leaves the text as it is.
herr_t h5_scale_of(hid_t d, unsigned dim, char *text, size_t room) {
	place p = {text, room};
	return H5DSiterate_scales(d, dim, NULL, scale_path, &p);
}

// h5_scale_refs writes for each dimension what tells its first scale from others, or leaves it as it is.
herr_t h5_scale_refs(hid_t d, unsigned long long *refs) {
	if (H5Aexists(d, "DIMENSION_LIST") <= 0) return 0;
	hid_t a = H5Aopen(d, "DIMENSION_LIST", H5P_DEFAULT);
	hid_t type = H5Aget_type(a), space = H5Aget_space(a), of = H5Tget_super(type);
	hssize_t n = H5Sget_simple_extent_npoints(space);
	hvl_t *lists = n > 0 && H5Tequal(of, H5T_STD_REF_OBJ) > 0 ? calloc(n, sizeof *lists) : NULL;
	herr_t rc = 0;
	if (lists != NULL && (rc = H5Aread(a, type, lists)) >= 0) {
		for (hssize_t i = 0; i < n; i++) {
			if (lists[i].len > 0) refs[i] = *(hobj_ref_t *)lists[i].p;
		}
		rc = H5Dvlen_reclaim(type, space, H5P_DEFAULT, lists);
	}
	free(lists);
	h5_drop(of);
	h5_drop(space);
	h5_drop(type);
	h5_drop(a);
	return rc;
}
