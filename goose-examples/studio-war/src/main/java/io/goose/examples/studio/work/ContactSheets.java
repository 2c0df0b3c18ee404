package io.goose.examples.studio.work;

import io.goose.Discard;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.admin.Limit;
import io.goose.admin.LimitAdmin;
import io.goose.admin.LimitScope;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.gallery.Photo;
import io.goose.examples.studio.imaging.ContactSheetMaker;
import io.goose.examples.studio.imaging.ThumbnailMaker;
import io.goose.job.BatchId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The contact sheet of a shoot: a batch makes a proof of each photo, and when all have ended its callback puts them on one sheet. The
 * batch has the id of the shoot. The printer takes two jobs at a time and five a second, which is a limit of its queue.
 */
@ApplicationScoped
public class ContactSheets {

    static final String QUEUE = "prints";
    static final Limit PRINTER = Limit.concurrent(2).andRate(5, Duration.ofSeconds(1));

    private static final String PROOF = "proof.jpg";
    private static final int EDGE = 160;

    @Inject
    Gallery gallery;

    @Inject
    GooseClient goose;

    @Inject
    LimitAdmin limits;

    @Inject
    ThumbnailMaker thumbnails;

    @Inject
    ContactSheetMaker sheets;

    /**
     * Sets the limit of the printer, unless somebody has set one.
     *
     * @throws io.goose.UnsupportedCapabilityException if the broker keeps no limits
     */
    public void limitPrinter() {
        if (!limits.of(QUEUE).containsKey(LimitScope.queue())) {
            limits.by("the studio").set(QUEUE, LimitScope.queue(), PRINTER);
        }
    }

    /**
     * Orders the contact sheet of a shoot. Ordered twice, it is the same batch.
     *
     * @throws io.goose.UnsupportedCapabilityException if the broker keeps no batches
     */
    public void order(String shoot) {
        List<JobCall> proofs = inOrder(shoot).stream()
                .map(photo -> JobCall.of(ContactSheets::proof, photo.id()))
                .toList();
        if (!proofs.isEmpty()) {
            goose.performBatch(b -> b.id(BatchId.of(shoot)).onComplete(ContactSheets::print), proofs);
        }
    }

    /** Makes the proof of a photo. One that cannot be made is no matter for the dead set: the sheet has a gap. */
    @Job(queue = QUEUE, maxRetries = 0, skipDead = true)
    public void proof(String photoId) throws IOException {
        if (gallery.find(photoId).isEmpty()) {
            throw new Discard("photo " + photoId + " was removed from the gallery");
        }
        gallery.keep(
                photoId,
                PROOF,
                thumbnails.make(gallery.original(photoId), EDGE, percent -> {}).jpeg());
    }

    /** The callback of the batch: prints the sheet. */
    @Job(queue = QUEUE)
    public void print(String shoot, String status) throws IOException {
        List<byte[]> proofs = new ArrayList<>();
        for (Photo photo : inOrder(shoot)) {
            Optional<Path> proof = gallery.made(photo.id(), PROOF);
            proofs.add(proof.isPresent() ? Files.readAllBytes(proof.get()) : new byte[0]);
        }
        if (!proofs.isEmpty()) {
            gallery.keepSheet(shoot, status, sheets.make(proofs));
        }
    }

    private List<Photo> inOrder(String shoot) {
        return gallery.shoot(shoot).stream()
                .sorted(Comparator.comparingLong(Photo::addedAt).thenComparing(Photo::id))
                .toList();
    }
}
