//go:build cuda && linux && (amd64 || arm64)

package gpu

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"unsafe"

	"gorgonia.org/cu"

	"brainsweep/device"
)

// Built tells whether the program was built with CUDA.
const Built = true

// Device is one GPU. It implements device.Device.
type Device struct {
	info       device.Info
	options    Options
	gpu        cu.Device
	processors int // multiprocessors
	warps      int // that one of them can hold
	context    cu.CUContext
	nvrtc      *NVRTC
	cache      *cache
	stops      chan *int32 // words of pinned memory by which launches are told to stop
	couriers   chan *courier
	undo       []func() error // gives back what the device took when it was opened, the last first

	building sync.Mutex // one source at a time: NVRTC does not work in parallel

	mu       sync.Mutex
	closed   bool
	buffers  map[*buffer]struct{}
	programs map[*program]struct{}
	pool     map[int][]cu.DevicePtr // freed memory by its size
	launched []Launched
}

var _ device.Device = (*Device)(nil)

// teamsAtATime is how many teams of some ten nodes a multiprocessor holds, about: 16 warps of 32 nodes.
const teamsAtATime = 8

// mostLaunches is how many launches may be under way at a time; more wait.
const mostLaunches = 64

// Open takes a GPU of this machine. The error wraps ErrNone and says in one sentence what is missing when there is none
// to be had.
func Open(o Options) (device.Device, error) {
	if err := driverError(); err != nil {
		return nil, err
	}
	count, err := cu.NumDevices()
	if err != nil {
		return nil, check("cuDeviceGetCount", err)
	}
	switch {
	case count == 0:
		return nil, fmt.Errorf("%w: the NVIDIA driver knows of none", ErrNone)
	case o.Index < 0:
		return nil, fmt.Errorf("gpu: number %d; the first is 0", o.Index)
	}
	d := &Device{
		options: o, gpu: cu.Device(o.Index % count), cache: openCache(o.CacheDir), stops: make(chan *int32, mostLaunches), couriers: make(chan *courier, couriers),
		buffers: map[*buffer]struct{}{}, programs: map[*program]struct{}{}, pool: map[int][]cu.DevicePtr{},
	}
	if err := d.start(count); err != nil {
		return nil, err
	}
	return d, nil
}

// start finds out what the GPU is, of so many that there are, opens a compiler for it and makes the context. What it took
// is given back when it fails.
func (d *Device) start(count int) error {
	var err error
	if d.info, err = describe(d.gpu); err != nil {
		return err
	}
	if d.nvrtc, err = nvrtcFor(d.options.NVRTC, cu.Version()/1000, d.info.ISA); err != nil {
		return err
	}
	d.processors, d.info.Workers = d.info.Workers, d.info.Workers*teamsAtATime
	if threads, err := d.gpu.Attribute(maxThreadsPerMultiprocessor); err == nil {
		d.warps = threads / warp
	}
	d.info.Twins = count
	d.info.Tools = fmt.Sprintf("%s, driver for CUDA %d.%d", d.nvrtc, cu.Version()/1000, cu.Version()%1000/10)
	// A waiting thread sleeps. Where another library of this process made the context before, its choice stands.
	_ = d.gpu.SetPrimaryCtxFlags(cu.SchedBlockingSync)
	if d.context, err = d.gpu.RetainPrimaryCtx(); err != nil {
		return check("cuDevicePrimaryCtxRetain", err)
	}
	if err := d.do(d.furnish); err != nil {
		return errors.Join(err, d.leave())
	}
	return nil
}

// furnish takes what every launch and every copy needs. It runs on a thread that has the device's context.
func (d *Device) furnish() error {
	free, _, err := cu.MemInfo()
	if err != nil {
		return check("cuMemGetInfo", err)
	}
	d.info.Memory = free
	pinned, err := hostAlloc(4 * mostLaunches)
	if err != nil {
		return err
	}
	d.undo = append(d.undo, func() error { return check("cuMemFreeHost", cu.MemFreeHost(pinned)) })
	words := unsafe.Slice((*int32)(pinned), mostLaunches)
	for i := range words {
		d.stops <- &words[i]
	}
	for range couriers {
		c, err := newCourier()
		if err != nil {
			return err
		}
		d.couriers <- c
		d.undo = append(d.undo, func() error { return (<-d.couriers).close() })
	}
	return nil
}

// leave gives back what start took.
func (d *Device) leave() error {
	err := d.do(func() error {
		var errs []error
		for _, undo := range slices.Backward(d.undo) {
			errs = append(errs, undo())
		}
		return errors.Join(errs...)
	})
	return errors.Join(err, check("cuDevicePrimaryCtxRelease", d.gpu.ReleasePrimaryCtx()))
}

// maxThreadsPerMultiprocessor is CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR.
const maxThreadsPerMultiprocessor cu.DeviceAttribute = 39

// note keeps how a kernel lies on the GPU, once for each way.
func (d *Device) note(l Launched, points, each, threads, resident int) {
	l.Points, l.Teams = points, each
	l.Warps = resident * ((threads + warp - 1) / warp)
	if d.warps > 0 {
		l.Occupancy = float64(l.Warps) / float64(d.warps)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Contains(d.launched, l) {
		d.launched = append(d.launched, l)
	}
}

// Launched tells how the kernels that ran lay on the GPU, in the order in which they first did so.
func (d *Device) Launched() []Launched {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.launched)
}

// describe reads what the driver says of a GPU.
func describe(gpu cu.Device) (device.Info, error) {
	name, err := gpu.Name()
	if err != nil {
		return device.Info{}, check("cuDeviceGetName", err)
	}
	numbers := map[cu.DeviceAttribute]int{cu.MultiprocessorCount: 0, cu.ComputeCapabilityMajor: 0, cu.ComputeCapabilityMinor: 0}
	for attribute := range numbers {
		if numbers[attribute], err = gpu.Attribute(attribute); err != nil {
			return device.Info{}, check("cuDeviceGetAttribute", err)
		}
	}
	memory, err := gpu.TotalMem()
	if err != nil {
		return device.Info{}, check("cuDeviceTotalMem", err)
	}
	// Ranks that each see one GPU only (CUDA_VISIBLE_DEVICES) all call it number 0.
	id, err := uuidOf(gpu)
	if err != nil {
		return device.Info{}, err
	}
	return device.Info{
		Kind: "cuda", Name: name, ID: id, Workers: numbers[cu.MultiprocessorCount], Memory: memory,
		ISA: fmt.Sprintf("sm_%d%d", numbers[cu.ComputeCapabilityMajor], numbers[cu.ComputeCapabilityMinor]),
	}, nil
}

// do runs f on a thread that has the device's context.
func (d *Device) do(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cu.SetCurrentContext(d.context); err != nil {
		return check("cuCtxSetCurrent", err)
	}
	return f()
}

// Info describes the GPU. Memory is what was free when the device was opened.
func (d *Device) Info() device.Info { return d.info }

var errClosed = errors.New("gpu: the device is closed")

// Build gives the program of src, compiled for this GPU or found in the cache.
func (d *Device) Build(ctx context.Context, src device.Source) (device.Program, error) {
	d.building.Lock()
	defer d.building.Unlock()
	if err := errors.Join(ctx.Err(), d.open()); err != nil {
		return nil, err
	}
	p, err := d.program(src, d.options)
	if err == nil && p.shape.blocks > 1 && d.options.Blocks == 0 && p.held() < p.shape.blocks {
		// This GPU does not hold so many blocks at a time: fewer, with more nodes for each thread.
		fewer := d.options
		fewer.Blocks = max(1, p.held())
		if err = d.do(p.unload); err == nil {
			p, err = d.program(src, fewer)
		}
	}
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errors.Join(errClosed, d.do(p.unload))
	}
	d.programs[p] = struct{}{}
	return p, nil
}

// program compiles and loads a source.
func (d *Device) program(src device.Source, o Options) (*program, error) {
	u, err := newUnit(src, o)
	if err != nil {
		return nil, err
	}
	object, err := d.machineCode(u)
	if err != nil {
		return nil, err
	}
	p := &program{device: d, source: src, shape: u.shape.of(object.Teams), functions: map[string]function{}}
	return p, d.do(func() error { return p.load(object) })
}

// open tells whether the device is still open.
func (d *Device) open() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return errClosed
	}
	return nil
}

// machineCode takes a unit's machine code from the cache, or compiles it.
func (d *Device) machineCode(u unit) (*Object, error) {
	name := fmt.Sprintf("%s-%s-%s-nvrtc%d.%d.cubin", u.source.Name, u.digest[:16], d.info.ISA, d.nvrtc.Major, d.nvrtc.Minor)
	if file, ok := d.cache.get(name); ok {
		if object, err := unpackObject(file); err == nil {
			return object, nil
		}
	}
	object, err := d.nvrtc.buildUnit(u, d.info.ISA)
	if err != nil {
		return nil, err
	}
	d.cache.put(name, object.pack())
	return object, nil
}

// Close frees all buffers and unloads all programs of the device. No launch may be under way.
func (d *Device) Close() error {
	d.mu.Lock()
	buffers, programs := d.buffers, d.programs
	already := d.closed
	d.closed, d.buffers, d.programs = true, nil, nil
	d.mu.Unlock()
	if already {
		return nil
	}
	var errs []error
	for b := range buffers {
		errs = append(errs, b.Free())
	}
	for p := range programs {
		errs = append(errs, p.Close())
	}
	errs = append(errs, d.do(func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.drain()
	}))
	return errors.Join(append(errs, d.leave())...)
}
