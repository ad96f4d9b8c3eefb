// Package seal encrypts the chunks of files so that nothing can be read,
// changed, swapped, cut, reordered or replayed without its data key.
//
// A [Box] is AES-256-GCM with the data key of one version of one dataset. What a
// chunk is — of which dataset, which version, which kind of file, which number —
// is its associated data: a chunk opens in its own place and nowhere else. A
// [Writer] seals the chunks of one file in order; a [Reader] opens them in any
// order. The [Manifest] lists the chunks of all files with length and tag, and
// is sealed itself, so that chunks of the same place that were sealed at another
// time, or not at all, are told apart:
//
//	box, err := seal.NewBox(key, datasetARN, version)
//	w := seal.NewWriter(file, box, "data")
//	n, err := w.WriteChunk(plain)                    // as often as needed
//	manifest := seal.Manifest{Parts: []seal.Part{w.Part()}}
//	sealed, err := manifest.Seal(box)                // kept in a file of its own
//
//	manifest, err = seal.OpenManifest(box, sealed)
//	part, ok := manifest.Part("data")
//	r, err := seal.NewReader(file, size, box, part)
//	plain, err = r.Chunk(nil, n)
//
// Bytes are authenticated before anything decodes them: there is no way to get
// at a byte of a chunk whose tag is wrong. An error comes without bytes.
//
// # Nonces
//
// Nonces are 96 random bits each. NIST SP 800-38D allows that for 2³² messages a
// key, at which two nonces are equal with a chance of 2⁻³²; a Box stops there.
// With chunks of 1 MiB that is 4 PiB. A data key must therefore seal one version
// and no second one, which is how the store uses them.
//
// # What it cannot see
//
// A folder put back as a whole, manifest, files and wrapped key, is what it was.
// Whoever opens it must know from elsewhere which version is the newest; the
// version is given to [NewBox] and never read from what is opened.
package seal
