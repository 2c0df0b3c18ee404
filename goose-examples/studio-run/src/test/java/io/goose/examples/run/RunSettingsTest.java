package io.goose.examples.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class RunSettingsTest {

    private final Properties given = new Properties();

    RunSettingsTest() {
        given.setProperty("studio.server", "wildfly");
        given.setProperty("studio.home", "target/wildfly");
        given.setProperty("studio.war", "target/goose-studio.war");
        given.setProperty("studio.h2", "target/h2.jar");
        given.setProperty("studio.run.dir", "target/run");
    }

    @Test
    void nothingSaid_takesTheServersUsualPorts_andAnyForRedis() {
        RunSettings settings = RunSettings.from(given, Map.of());
        assertThat(settings.httpPort()).isEqualTo(8080);
        assertThat(settings.managementPort()).isEqualTo(9990);
        assertThat(settings.redisPort()).isZero();
        assertThat(settings.brokerUrl()).isEmpty();
        assertThat(settings.bringsRedis()).isFalse();
    }

    @Test
    void theJobs_areInAFileOfTheRun_orInARedisThatIsBrought() {
        assertThat(RunSettings.from(given, Map.of()).databaseUrl())
                .startsWith("jdbc:h2:file:/")
                .contains("target/run/database/jobs;");
        given.setProperty("broker", "redis");
        assertThat(RunSettings.from(given, Map.of()).bringsRedis()).isTrue();
        given.setProperty("broker", "rabbit");
        assertThatThrownBy(() -> RunSettings.from(given, Map.of()))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("-Dbroker=rabbit is neither h2 nor redis");
    }

    @Test
    void withTheAdapter_aRedisIsBrought_forThatKnowsNoDatabase() {
        given.setProperty("studio.layout", "ear");
        given.setProperty("studio.war", "target/goose-studio.ear");
        RunSettings ear = RunSettings.from(given, Map.of());
        assertThat(ear.bringsRedis()).isTrue();
        assertThat(ear.archives()).containsExactly(Path.of("target/goose-studio.ear"));

        given.setProperty("broker", "h2");
        assertThatThrownBy(() -> RunSettings.from(given, Map.of()))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("-Dbroker=h2")
                .hasMessageContaining("leave it out");
    }

    @Test
    void theAdapter_isDeployedBesides_whereItStandsAlone() {
        given.setProperty("studio.rar", "target/goose-jca-adapter.rar");
        assertThat(RunSettings.from(given, Map.of()).archives()).containsExactly(Path.of("target/goose-studio.war"));

        given.setProperty("studio.layout", "rar");
        assertThat(RunSettings.from(given, Map.of()).archives())
                .containsExactly(Path.of("target/goose-jca-adapter.rar"), Path.of("target/goose-studio.war"));

        given.setProperty("studio.layout", "jar");
        assertThatThrownBy(() -> RunSettings.from(given, Map.of()))
                .hasMessage("studio.layout=jar is none of war, rar and ear");
    }

    @Test
    void aBroker_isNamedByTheEnvironment_orByAProperty() {
        Map<String, String> environment = Map.of("GOOSE_BROKER_MAIN_URL", "redis://a:6379");
        assertThat(RunSettings.from(given, environment).brokerUrl()).contains("redis://a:6379");
        given.setProperty("goose.broker.main.url", "redis://b:6379");
        assertThat(RunSettings.from(given, environment).brokerUrl()).contains("redis://b:6379");
    }

    @Test
    void aPortThatIsNone_isRefusedByItsName() {
        given.setProperty("http.port", "http");
        assertThatThrownBy(() -> RunSettings.from(given, Map.of()))
                .isInstanceOf(RunException.class)
                .hasMessage("-Dhttp.port=http is not a port; give a number from 1 to 65535");
        given.setProperty("http.port", "70000");
        assertThatThrownBy(() -> RunSettings.from(given, Map.of())).hasMessageContaining("-Dhttp.port=70000");
    }

    @Test
    void withoutMaven_theReaderIsSentToTheReadme() {
        given.remove("studio.home");
        assertThatThrownBy(() -> RunSettings.from(given, Map.of()))
                .hasMessageContaining("studio.home")
                .hasMessageContaining("goose-examples/README.md");
    }
}
