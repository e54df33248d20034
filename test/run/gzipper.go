// compress/gzip, flate, zlib; hashes; base64, hex; archive/zip in memory; io pipes.
//
// RUN: %run %s
package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"hash/fnv"
	"io"
	"strings"
)

func main() {
	var text strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&text, "line %d: the quick brown fox %x\n", i, int64(i*i)*2654435761)
	}
	data := []byte(text.String())
	for _, level := range []int{gzip.NoCompression, gzip.BestSpeed, gzip.DefaultCompression, gzip.BestCompression, gzip.HuffmanOnly} {
		var buf bytes.Buffer
		w, _ := gzip.NewWriterLevel(&buf, level)
		w.Name = "x.txt"
		w.Write(data)
		w.Close()
		size := buf.Len()
		r, err := gzip.NewReader(&buf)
		if err != nil {
			fmt.Println(err)
			continue
		}
		back, err := io.ReadAll(r)
		fmt.Println(level, size, r.Name, bytes.Equal(back, data), err)
	}
	pr, pw := io.Pipe()
	go func() {
		w := zlib.NewWriter(pw)
		_, err := io.Copy(w, strings.NewReader(text.String()))
		w.Close()
		pw.CloseWithError(err)
	}()
	zr, err := zlib.NewReader(pr)
	if err != nil {
		fmt.Println(err)
		return
	}
	h := sha256.New()
	n, err := io.Copy(h, zr)
	fmt.Println(n, err, hex.EncodeToString(h.Sum(nil)))
	fmt.Printf("%x\n%x\n%x\n", md5.Sum(data), sha1.Sum(data), sha512.Sum512(data))
	f := fnv.New64a()
	f.Write(data)
	fmt.Println(crc32.ChecksumIEEE(data), crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)), adler32.Checksum(data), f.Sum64())
	fmt.Println(base64.StdEncoding.EncodeToString(data[:50]), binary.BigEndian.Uint32(data), binary.AppendUvarint(nil, 1<<40))

	var archive bytes.Buffer
	zw := zip.NewWriter(&archive)
	for _, name := range []string{"a.txt", "dir/b.txt"} {
		w, _ := zw.Create(name)
		io.WriteString(w, name+" contents "+strings.Repeat("z", 100))
	}
	zw.Close()
	rd, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, file := range rd.File {
		rc, _ := file.Open()
		b, err := io.ReadAll(rc)
		fmt.Println(file.Name, file.UncompressedSize64, len(b), err)
	}
	if _, err := gzip.NewReader(strings.NewReader("not gzip at all")); err != nil {
		fmt.Println(err)
	}
}
