package runtime

import _ "unsafe" // go:linkname

// State of the running goroutine that crypto keeps.

import _ "unsafe"

//go:linkname fips_getIndicator crypto/internal/fips140.getIndicator
func fips_getIndicator() uint8 { return local().fips }

//go:linkname fips_setIndicator crypto/internal/fips140.setIndicator
func fips_setIndicator(v uint8) { local().fips = v }

//go:linkname fips140_setBypass crypto/fips140.setBypass
func fips140_setBypass() { local().fipsBypass = 1 }

//go:linkname fips140_unsetBypass crypto/fips140.unsetBypass
func fips140_unsetBypass() { local().fipsBypass = 0 }

//go:linkname fips140_isBypassed crypto/fips140.isBypassed
func fips140_isBypassed() bool { return local().fipsBypass != 0 }

// Data-independent timing is a mode of arm64; the library's portable code does not ask for it.

//go:linkname dit_setEnabled crypto/subtle.setDITEnabled
func dit_setEnabled() bool {
	old := local().dit != 0
	local().dit = 1
	return old
}

//go:linkname dit_setDisabled crypto/subtle.setDITDisabled
func dit_setDisabled() { local().dit = 0 }
