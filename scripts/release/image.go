package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	ocilayer "github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// nonRoot is the user that the command runs as in a container. Nobody else owns
// the folder /data.
const nonRoot = 65532

// container returns an image with nothing but the command, as a user without rights:
//
//	/rowsight        the command, static
//	/etc/passwd      its user
//	/etc/ssl/certs   certificates of this machine, if it has them
//	/data, /tmp      folders that it can write to
func container(version, processor string, made time.Time, program, certificates []byte) (v1.Image, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	var errs []error
	add := func(h tar.Header, text []byte) {
		h.Size = int64(len(text))
		errs = append(errs, w.WriteHeader(&h))
		_, err := w.Write(text)
		errs = append(errs, err)
	}
	add(tar.Header{Name: "rowsight", Mode: 0o555, Typeflag: tar.TypeReg}, program)
	add(tar.Header{Name: "etc/passwd", Mode: 0o444, Typeflag: tar.TypeReg}, fmt.Appendf(nil, "nonroot:x:%d:%d::/data:/sbin/nologin\n", nonRoot, nonRoot))
	if len(certificates) > 0 {
		add(tar.Header{Name: "etc/ssl/certs/ca-certificates.crt", Mode: 0o444, Typeflag: tar.TypeReg}, certificates)
	}
	add(tar.Header{Name: "data/", Mode: 0o700, Uid: nonRoot, Gid: nonRoot, Typeflag: tar.TypeDir}, nil)
	add(tar.Header{Name: "tmp/", Mode: 0o1777, Typeflag: tar.TypeDir}, nil)
	if err := errors.Join(append(errs, w.Close())...); err != nil {
		return nil, err
	}
	layer, err := ocilayer.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }, ocilayer.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if image, err = mutate.AppendLayers(image, layer); err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config.OS, config.Architecture, config.Created = "linux", processor, v1.Time{Time: made}
	config.Config = v1.Config{
		User: fmt.Sprintf("%d:%d", nonRoot, nonRoot), WorkingDir: "/data",
		Entrypoint: []string{"/rowsight"}, Cmd: []string{"--help"},
		Env: []string{"PATH=/", "HOME=/data"},
		Labels: map[string]string{
			"org.opencontainers.image.title":    "rowsight",
			"org.opencontainers.image.version":  strings.TrimPrefix(version, "v"),
			"org.opencontainers.image.source":   "https://" + path,
			"org.opencontainers.image.licenses": "Apache-2.0",
		},
	}
	return mutate.ConfigFile(image, config)
}

// images returns an image for two processors as an OCI layout in an archive.
// programs has the command for each. The layout has one entry, an index of both,
// because podman load and skopeo do not choose between two.
func images(version string, made time.Time, programs map[string][]byte) ([]byte, error) {
	temp, err := os.MkdirTemp("", "image")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	certificates, _ := os.ReadFile("/etc/ssl/certs/ca-certificates.crt") // without them, it has no TLS to others
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, processor := range []string{"amd64", "arm64"} {
		program, ok := programs["linux/"+processor]
		if !ok {
			continue
		}
		image, err := container(version, processor, made, program, certificates)
		if err != nil {
			return nil, err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{
			Platform: &v1.Platform{OS: "linux", Architecture: processor},
		}})
	}
	name := "rowsight:" + strings.TrimPrefix(version, "v")
	one := mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), mutate.IndexAddendum{Add: index, Descriptor: v1.Descriptor{
		Annotations: map[string]string{"org.opencontainers.image.ref.name": name, "io.containerd.image.name": "localhost/" + name},
	}})
	if _, err := layout.Write(temp, one); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	err = errors.Join(w.AddFS(os.DirFS(temp)), w.Close())
	return b.Bytes(), err
}
