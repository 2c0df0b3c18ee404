package io.goose.examples.studio;

import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.imaging.ContactSheetMaker;
import io.goose.examples.studio.imaging.MetadataReader;
import io.goose.examples.studio.imaging.ThumbnailMaker;
import io.goose.job.EnvelopeCodec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.time.InstantSource;
import org.eclipse.microprofile.config.Config;

/** Makes the parts of the studio that know nothing of a container. */
@ApplicationScoped
public class StudioParts {

    @Inject
    Config config;

    @Produces
    @Singleton
    StudioSettings settings() {
        return StudioSettings.from(config);
    }

    @Produces
    @Singleton
    Jsonb json() {
        return JsonbBuilder.create();
    }

    void close(@Disposes Jsonb json) throws Exception {
        json.close();
    }

    /** Reads what the broker keeps of a job. */
    @Produces
    @Singleton
    EnvelopeCodec envelopeCodec() {
        return new EnvelopeCodec();
    }

    @Produces
    @Singleton
    Gallery gallery(StudioSettings settings, Jsonb json) {
        return Gallery.open(settings.dir(), json, InstantSource.system());
    }

    @Produces
    @Singleton
    ThumbnailMaker thumbnailMaker(StudioSettings settings) {
        return new ThumbnailMaker(settings.maxPixels());
    }

    @Produces
    @Singleton
    ContactSheetMaker contactSheetMaker() {
        return new ContactSheetMaker();
    }

    @Produces
    @Singleton
    MetadataReader metadataReader() {
        return new MetadataReader();
    }
}
