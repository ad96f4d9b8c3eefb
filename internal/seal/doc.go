// Package seal encrypts the chunks of files so that nothing can be read,
// changed, swapped, cut, reordered or replayed without the key.
package seal
