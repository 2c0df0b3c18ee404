/** The studio's own state: photos, what was done to them, and notices. Kept in memory and on disk; knows no job system. */
@NullMarked
package io.goose.examples.studio.gallery;

import org.jspecify.annotations.NullMarked;
